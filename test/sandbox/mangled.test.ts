import assert from "node:assert/strict";
import { type Body, bybit, type Caller, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

describe("sandbox: answers that are not as they were meant", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    parent = bybit(running.sandbox, parentOf(running.sandbox, "bybit"));
  });
  after(() => running.end());
  beforeEach(async () => {
    const { control } = running.sandbox;
    await control.clearFaults();
    await control.clearRequests();
    for (const { exchange, apiKey } of await control.keys()) await control.removeKey(exchange, apiKey);
  });

  const create = () =>
    parent.post("/v5/user/create-sub-api", { subuid: 100001, readOnly: 0, permissions: { Spot: ["SpotTrade"] } });
  const list = () => parent.get("/v5/user/sub-apikeys", { subMemberId: "100001" });
  const living = async (): Promise<number> => (await running.sandbox.control.keys()).length;
  const struck = async (): Promise<readonly (string | number | null | undefined)[]> => {
    const [logged] = await running.sandbox.control.requests();
    return [logged?.fault, logged?.status];
  };

  it("cuts the connection in the middle of an answer, having acted", async () => {
    await running.sandbox.control.addFault({ kind: "cutBody", operation: "issue" });
    await assert.rejects(create(), { code: "UND_ERR_SOCKET" });
    assert.equal(await living(), 1);
    assert.deepEqual(await struck(), ["cutBody", 200]);
  });

  it("ends its text in the middle, having acted", async () => {
    await running.sandbox.control.addFault({ kind: "truncate", operation: "issue" });
    await assert.rejects(create(), SyntaxError);
    assert.equal(await living(), 1);
  });

  it("answers one value of another type, another one each time, having acted", async () => {
    await create();
    const shapes = new Set<string>();
    const shapeOf = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shapeOf);
      if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
    };
    const right = JSON.stringify(shapeOf((await list()).body));
    await running.sandbox.control.addFault({ kind: "retype", times: 8 });
    for (let count = 0; count < 8; count += 1) shapes.add(JSON.stringify(shapeOf((await list()).body)));
    assert.ok(!shapes.has(right), "each is wrong");
    assert.ok(shapes.size > 3);
  });

  for (const when of ["before", "after"] as const) {
    it(`answers a page for people, ${when} acting`, async () => {
      await running.sandbox.control.addFault({ kind: "page", when, status: 403, operation: "issue" });
      await assert.rejects(create(), /<!DOCTYPE/);
      assert.equal(await living(), when === "after" ? 1 : 0);
      assert.deepEqual(await struck(), ["page", when === "after" ? 200 : 403]);
    });
  }

  it("lists everything twice, and only a list takes it", async () => {
    await running.sandbox.control.addFault({ kind: "doubleList" });
    await create();
    await create();
    const { body } = await list();
    const ids = body.result.result.map(({ apiKey }: Body) => apiKey);
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 2);
  });
});

import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, bybit, type Caller, okx, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

describe("sandbox: faults", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = bybit(sandbox, parentOf(sandbox, "bybit"));
  });
  beforeEach(async () => {
    await sandbox.control.clearFaults();
    await sandbox.control.clearRequests();
    for (const { exchange, apiKey } of await sandbox.control.keys()) await sandbox.control.removeKey(exchange, apiKey);
  });
  after(() => running.end());

  const create = () =>
    parent.post("/v5/user/create-sub-api", { subuid: 100001, readOnly: 0, permissions: { Spot: ["SpotTrade"] } });

  async function list(): Promise<string[]> {
    const { body } = await parent.get("/v5/user/sub-apikeys", { subMemberId: "100001" });
    return body.result.result.map(({ apiKey }: Body) => apiKey).sort();
  }

  it("loses an answer after acting", async () => {
    await sandbox.control.addFault({ kind: "loseAnswer", path: "create-sub-api" });
    await assert.rejects(create(), { code: "UND_ERR_SOCKET" });
    assert.equal((await list()).length, 1);
    const [logged] = await sandbox.control.requests();
    assert.deepEqual([logged?.fault, logged?.status, logged?.code], ["loseAnswer", 200, "0"]);
    assert.equal((await create()).body.retCode, 0, "once only");
  });

  it("drops a request before acting", async () => {
    await sandbox.control.addFault({ kind: "dropRequest", operation: "issue" });
    await assert.rejects(create(), { code: "UND_ERR_SOCKET" });
    assert.deepEqual(await list(), []);
    const [logged] = await sandbox.control.requests();
    assert.deepEqual([logged?.fault, logged?.status, logged?.code], ["dropRequest", null, null]);
  });

  for (const when of ["before", "after"] as const) {
    it(`never answers one sub-account, ${when} acting`, async () => {
      await sandbox.control.addFault({ kind: "hang", when, operation: "issue", subAccount: "100001" });
      const hanging = create();
      while (!(await sandbox.control.requests()).some(({ fault }) => fault === "hang"));
      assert.equal((await sandbox.control.keys()).length, when === "after" ? 1 : 0);
      await sandbox.control.addFault({ kind: "hang", when, operation: "issue", subAccount: "100002" });
      assert.equal((await create()).body.retCode, 0, "another sub-account's fault is not this one's");
      const cut = assert.rejects(hanging);
      await running.end();
      await cut;
      running = await testSandbox({ rateScale: 1000 });
      sandbox = running.sandbox;
      parent = bybit(sandbox, parentOf(sandbox, "bybit"));
    });
  }

  it("answers late, having acted at once", async () => {
    await sandbox.control.addFault({ kind: "delay", ms: 600_000, path: "create-sub-api" });
    const late = assert.rejects(create());
    while ((await sandbox.control.keys()).length === 0);
    assert.equal((await list()).length, 1, "others are answered meanwhile");
    await running.end();
    await late;
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = bybit(sandbox, parentOf(sandbox, "bybit"));
  });

  it("answers what it is told instead of acting", async () => {
    const headers = { "retry-after": "7" };
    await sandbox.control.addFault({ kind: "http", status: 503, body: { oops: 1 }, headers, exchange: "bybit", method: "post" });
    const reply = await create();
    assert.deepEqual([reply.status, reply.body, reply.headers["retry-after"]], [503, { oops: 1 }, "7"]);
    assert.deepEqual(await list(), []);
  });

  it("puts another body in the place of the true one, having acted", async () => {
    await sandbox.control.addFault({ kind: "body", path: "create-sub-api", body: { retCode: 10016, retMsg: "Server error." } });
    assert.equal((await create()).body.retCode, 10016);
    assert.equal((await list()).length, 1);
  });

  it("lists what was true one change ago, or some time ago", async () => {
    const first = (await create()).body.result.apiKey;
    await sandbox.control.advance("1h");
    await create();
    await sandbox.control.advance("1h");
    const third = (await create()).body.result.apiKey;
    await sandbox.control.addFault({ kind: "staleList" });
    const before = await list();
    assert.equal(before.length, 2);
    assert.equal(before.includes(third), false);
    assert.equal((await list()).length, 3);
    await sandbox.control.addFault({ kind: "staleList", ms: 90 * 60_000 });
    assert.deepEqual(await list(), [first]);
    await sandbox.control.addFault({ kind: "staleList", ms: 24 * 3_600_000 });
    assert.deepEqual(await list(), []);
    await sandbox.control.addFault({ kind: "staleList", ms: 10 });
    assert.equal((await list()).length, 3);
    await sandbox.control.addFault({ kind: "staleList" });
    assert.equal((await create()).body.retCode, 0);
    assert.equal((await sandbox.control.faults()).length, 1, "only a list uses it up");
  });

  it("shuffles what an answer holds", async () => {
    for (let count = 0; count < 8; count += 1) await create();
    await sandbox.control.addFault({ kind: "shuffle", times: 6 });
    const seen = new Set<string>();
    for (let count = 0; count < 6; count += 1) {
      const { body } = await parent.get("/v5/user/sub-apikeys", { subMemberId: "100001" });
      seen.add(Object.keys(body).join());
      assert.equal(body.result.result.length, 8);
    }
    assert.ok(seen.size > 1, "members come in another order");
  });

  it("strikes in the order of the orders, as often as told, after as many as told, and only where told", async () => {
    await sandbox.control.addFault({ kind: "http", status: 500, path: "query-api", times: 2, skip: 1 });
    await sandbox.control.addFault({ kind: "http", status: 502, path: "query-api" });
    await sandbox.control.addFault({ kind: "http", status: 504, exchange: "okx" });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await parent.get("/v5/user/query-api")).status);
    assert.deepEqual(statuses, [502, 500, 500, 200, 200]);
    assert.equal((await okx(sandbox, parentOf(sandbox, "okx")).get("/api/v5/public/time")).status, 504);
    assert.deepEqual(await sandbox.control.faults(), []);
  });

  it("refuses orders that could never strike", async () => {
    await assert.rejects(sandbox.control.addFault({ kind: "shuffle", exchange: "nowhere" }), /404/);
    await assert.rejects(sandbox.control.addFault({ kind: "delay" } as never), /400.*ms/);
    await assert.rejects(sandbox.control.addFault({ kind: "shuffle", operation: "nothing" } as never), /400.*operation/);
  });
});

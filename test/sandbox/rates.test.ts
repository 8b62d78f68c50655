import assert from "node:assert/strict";
import { Limiter } from "../../sandbox/limiter";
import type { StartedSandbox } from "../../sandbox/start";
import { bybit, okx, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

describe("sandbox: rate limits", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;

  before(async () => {
    running = await testSandbox();
    sandbox = running.sandbox;
  });
  after(() => running.end());

  const TIME = "/v5/market/time";
  // More at once than could pass one by one before they time out.
  const MANY = 12;

  /** Asks many at once, again where a busy machine did not get them there soon enough after one another. @returns what was refused, once it is enough */
  async function refusedOf<T>(
    ask: () => Promise<T>,
    isRefused: (reply: T) => boolean,
    isEnough: (refused: readonly T[]) => boolean,
  ) {
    const refused: T[] = [];
    while (!isEnough(refused)) refused.push(...(await Promise.all(Array.from({ length: MANY }, ask))).filter(isRefused));
    return refused;
  }

  it("lets a Bybit parent create once a second, whatever the sandbox's clock does", async () => {
    const parent = bybit(sandbox, parentOf(sandbox, "bybit"));
    const create = async () => {
      await sandbox.control.advance("1h");
      return parent.post("/v5/user/create-sub-api", { subuid: 100001, readOnly: 0, permissions: { Spot: ["SpotTrade"] } });
    };
    await create();
    const refused = await refusedOf(
      create,
      ({ body }) => body.retCode === 10006,
      ({ length }) => length > 0,
    );
    assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([200]));
    const { headers, body } = refused[0] ?? assert.fail();
    assert.deepEqual([headers["x-bapi-limit"], headers["x-bapi-limit-status"]], ["1", "0"]);
    const reset = Number(headers["x-bapi-limit-reset-timestamp"]);
    assert.ok(reset > body.time && reset <= body.time + 1001);
  });

  it("counts each OKX operation apart, and answers with one status or the other", async () => {
    const parent = okx(sandbox, parentOf(sandbox, "okx"));
    const path = "/api/v5/users/subaccount";
    const refused = await refusedOf(
      () => parent.post(`${path}/apikey`, {}),
      ({ body }) => body.code === "50011",
      (found) => new Set(found.map(({ status }) => status)).size > 1,
    );
    assert.deepEqual([...new Set(refused.map(({ status }) => status))].sort(), [200, 429]);
    assert.equal((await parent.post(`${path}/modify-apikey`, {})).body.code, "50014");
  });

  it("silences an address that asks too often, and no other", async () => {
    const narrow = await testSandbox({ rateScale: 0.01 });
    const from = async (address: string) =>
      (await bybit(narrow.sandbox, { apiKey: "", secret: "" }, { from: address }).get(TIME)).status;
    const statuses = await Promise.all(Array.from({ length: MANY }, () => from("127.0.10.5")));
    assert.deepEqual([...statuses].sort(), [...Array(6).fill(200), ...Array(6).fill(403)]);
    assert.equal(await from("127.0.10.6"), 200);
    await narrow.end();
  });

  it("takes so many in each window, in its own time", () => {
    let now = 0;
    const limiter = new Limiter(1, () => now);
    const rate = { requests: 2, perMs: 1000 };
    assert.deepEqual(limiter.take("a", rate), { ok: true, left: 1, limit: 2, waitMs: 1000 });
    now = 400;
    assert.equal(limiter.take("a", rate).ok, true);
    now = 999;
    assert.deepEqual(limiter.take("a", rate), { ok: false, left: 0, limit: 2, waitMs: 1 });
    assert.equal(limiter.take("b", rate).ok, true, "another bucket");
    now = 1000;
    assert.equal(limiter.take("a", rate).ok, true, "the first has left the window");
    now = 1399;
    assert.equal(limiter.take("a", rate).ok, false);
  });

  it("counts a request by its weight, and says when enough has left the window", () => {
    let now = 0;
    const limiter = new Limiter(1, () => now);
    const take = (weight: number) => limiter.take("a", { requests: 10, perMs: 1000, weight });
    assert.deepEqual(take(4), { ok: true, left: 6, limit: 10, waitMs: 1000 });
    now = 100;
    assert.equal(take(5).left, 1);
    now = 200;
    assert.deepEqual(take(3), { ok: false, left: 1, limit: 10, waitMs: 800 }, "two of the first four would do");
    assert.deepEqual(take(6), { ok: false, left: 1, limit: 10, waitMs: 900 }, "the first four are not enough");
    assert.equal(take(1).left, 0);
    now = 1000;
    assert.equal(take(3).ok, true);
  });

  it("multiplies, and blocks for a while", () => {
    let now = 0;
    const limiter = new Limiter(100, () => now);
    assert.equal(limiter.take("a", { requests: 1, perMs: 1000 }).limit, 100);
    limiter.block("a", 5000);
    now = 4999;
    assert.deepEqual(limiter.take("a", { requests: 1, perMs: 1000 }).ok, false);
    now = 5000;
    assert.deepEqual(limiter.take("a", { requests: 1, perMs: 1000 }).ok, true);
  });
});

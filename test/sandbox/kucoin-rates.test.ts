import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { kucoin, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const KEY = "/api/v1/sub/api-key";

describe("sandbox: KuCoin quotas", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;

  before(async () => {
    // 200 in 30 s.
    running = await testSandbox({ rateScale: 0.1 });
    sandbox = running.sandbox;
  });
  after(() => running.end());

  it("weighs requests of one pool together, and says how much is left and when it is more", async () => {
    const parent = kucoin(sandbox, parentOf(sandbox, "kucoin"));
    const target = { subName: "mmbot001" };
    const made = await parent.post(KEY, { ...target, passphrase: "11223344", remark: "bot" });
    assert.deepEqual([made.headers["gw-ratelimit-limit"], made.headers["gw-ratelimit-remaining"]], ["200", "180"]);
    for (const left of [150, 120, 90, 60, 30]) {
      const changed = await parent.post(`${KEY}/update`, {});
      assert.equal(changed.headers["gw-ratelimit-remaining"], String(left));
    }
    assert.equal((await parent.get(KEY, target)).headers["gw-ratelimit-remaining"], "10");
    const { body, status, headers } = await parent.delete(KEY, target);
    assert.deepEqual([body.code, status, headers["gw-ratelimit-remaining"]], ["429000", 429, "10"]);
    const reset = Number(headers["gw-ratelimit-reset"]);
    assert.ok(reset > 0 && reset <= 30_000);
    const { apiKey, apiSecret } = made.body.data;
    const bot = kucoin(sandbox, { apiKey, secret: apiSecret, passphrase: "11223344" });
    assert.equal((await bot.get("/api/v1/accounts")).body.code, "200000", "a sub-account has its own pools");
  });

  it("counts who asks for the time by address", async () => {
    const parent = kucoin(sandbox, parentOf(sandbox, "kucoin"));
    const replies = await Promise.all(Array.from({ length: 67 }, () => parent.get("/api/v1/timestamp")));
    assert.deepEqual(replies.map(({ body }) => body.code).sort(), [...Array.from({ length: 66 }, () => "200000"), "429000"]);
    assert.equal((await parent.get("/api/v1/timestamp", {}, { from: "127.0.10.1" })).body.code, "200000");
  });
});

import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type BinanceCall, type BinanceCaller, binance, form, hmac } from "./binance-caller";
import { type Credential, parentOf, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const SELF = "/sapi/v1/account/apiRestrictions";
const KEYS = "/sapi/v1/sub-account/subAccountApi";
const EMAIL = "mmbot001_virtual@sandboxnoemail.com";

describe("sandbox: Binance refusals", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: BinanceCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "binance");
    parent = binance(sandbox, credential);
  });
  after(() => running.end());

  async function told(call: Partial<BinanceCall>, caller = parent): Promise<[number | undefined, number]> {
    const { body, status } = await caller({ method: "GET", path: SELF, ...call });
    return [body.code, status];
  }

  async function makeKey(values: Parameters<typeof form>[0]): Promise<Credential> {
    const text = form({ email: EMAIL, apiName: "bot", status: 2, ipAddress: BOT, ...values });
    const { apiKey, secretKey } = (await parent({ method: "POST", path: KEYS, text })).body;
    return { apiKey, secret: secretKey };
  }

  it("wants the signature of the exact text, in hexadecimal of any case", async () => {
    assert.deepEqual(await told({ sign: () => "00" }), [-1022, 400]);
    assert.deepEqual(await told({ sign: (text) => hmac(`${text}&page=1`, credential.secret) }), [-1022, 400]);
    assert.deepEqual(await told({ sign: (text) => hmac(text, credential.secret).toUpperCase() }), [undefined, 200]);
    assert.deepEqual(await told({ sign: (text) => hmac(text, "another") }), [-1022, 400]);
  });

  it("wants values percent-encoded before they are signed", async () => {
    const list = (email: string) => told({ path: KEYS, text: `email=${email}` });
    assert.deepEqual(await list(encodeURIComponent(EMAIL)), [undefined, 200]);
    assert.deepEqual(await list(EMAIL), [-1022, 400]);
  });

  it("wants a signature, and a timestamp in milliseconds or microseconds", async () => {
    const now = await sandboxTime(sandbox);
    assert.deepEqual(await told({ timestamp: "" }), [-1102, 400]);
    assert.deepEqual(await told({ timestamp: "soon" }), [-1100, 400]);
    assert.deepEqual(await told({ timestamp: String(Math.floor(now / 1000)) }), [-1100, 400]);
    assert.deepEqual(await told({ timestamp: `${now}000` }), [undefined, 200]);
    assert.deepEqual(await told({ text: "signature=00&recvWindow=5000", sign: () => "00" }), [-1022, 400]);
  });

  it("wants the request within its window, 5 s unless it says otherwise, 60 s at most", async () => {
    const at = async (offset: number, window = "") =>
      told({ timestamp: String((await sandboxTime(sandbox)) + offset), text: window === "" ? "" : `recvWindow=${window}` });
    assert.deepEqual(await at(-4000), [undefined, 200]);
    assert.deepEqual(await at(-6000), [-1021, 400]);
    assert.deepEqual(await at(-50_000, "60000"), [undefined, 200]);
    assert.deepEqual(await at(-50_000, "40000.5"), [-1021, 400]);
    assert.deepEqual(await at(0, "60001"), [-1131, 400]);
    assert.deepEqual(await at(0, "1.2345"), [-1100, 400]);
    assert.deepEqual(await at(500), [undefined, 200]);
    assert.deepEqual(await at(3000, "60000"), [-1021, 400]);
  });

  it("says one thing of a key that is unknown, called from elsewhere or may not do this", async () => {
    assert.deepEqual(await told({ apiKey: "short" }), [-2014, 401]);
    assert.deepEqual(await told({ apiKey: "x".repeat(64) }), [-2015, 401]);
    assert.deepEqual(await told({ from: BOT }), [-2015, 401]);
    const key = binance(sandbox, await makeKey({ canTrade: true }), BOT);
    assert.deepEqual(await told({}, key), [undefined, 200]);
    assert.deepEqual(await told({ path: KEYS, text: form({ email: EMAIL }) }, key), [-2015, 401]);
    assert.deepEqual(await told({ path: "/sapi/v1/sub-account/list" }, key), [-2015, 401]);
  });

  it("wants a parent that may trade, also to look", async () => {
    const list = { path: KEYS, text: form({ email: EMAIL }) };
    await sandbox.control.editParent("binance", { permissions: ["enableWithdrawals"] });
    assert.deepEqual(await told(list), [-2015, 401]);
    const { body } = await parent({ method: "GET", path: SELF });
    assert.deepEqual([body.enableWithdrawals, body.enableSpotAndMarginTrading], [true, false]);
    await sandbox.control.editParent("binance", { permissions: ["canTrade"] });
    assert.deepEqual(await told(list), [undefined, 200]);
  });

  it("answers unknown routes and parameters", async () => {
    assert.equal((await parent({ method: "GET", path: "/sapi/v1/nothing" })).status, 404);
    assert.deepEqual(await told({ text: "page=1" }), [-1104, 400]);
    assert.deepEqual(await told({ path: KEYS }), [-1102, 400]);
  });

  it("counts each call of an account apart, says how much is used, and bans who goes on", async () => {
    const slow = await testSandbox({ rateScale: 0.05 });
    try {
      const call = binance(slow.sandbox, parentOf(slow.sandbox, "binance"));
      const list = () => call({ method: "GET", path: KEYS, text: form({ email: EMAIL }) });
      assert.equal((await list()).headers["x-sapi-used-uid-weight-1m"], "3000");
      assert.equal((await list()).headers["x-sapi-used-uid-weight-1m"], "6000");
      await list();
      const { status, body, headers } = await list();
      assert.deepEqual([status, body.code], [429, -1003]);
      assert.ok(Number(headers["retry-after"]) > 0);
      const other = {
        method: "GET",
        path: `${KEYS}/ipRestriction`,
        text: form({ email: EMAIL, subAccountApiKey: "x" }),
      } as const;
      assert.equal((await call(other)).status, 400, "another call has a quota of its own");
      while ((await list()).status === 429);
      const banned = await call(other);
      assert.deepEqual([banned.status, banned.body.code], [418, -1003]);
      assert.ok(Number(banned.headers["retry-after"]) > 60);
    } finally {
      await slow.end();
    }
  });
});

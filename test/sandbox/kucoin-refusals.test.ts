import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { StartedSandbox } from "../../sandbox/start";
import { type Caller, type CallOptions, type Credential, kucoin, parentOf, type Reply, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const SELF = "/api/v1/user/api-key";
const KEY = "/api/v1/sub/api-key";
const PASSPHRASE = "11223344";

describe("sandbox: KuCoin refusals", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "kucoin");
    parent = kucoin(sandbox, credential);
  });
  after(() => running.end());

  const self = async (options: CallOptions): Promise<string> => told(await parent.get(SELF, {}, options));
  const told = ({ body }: Reply): string => body.code;

  async function makeKey(fields: object): Promise<Credential> {
    const wanted = { subName: "mmbot001", remark: "bot", passphrase: PASSPHRASE, ...fields };
    const { apiKey, apiSecret } = (await parent.post(KEY, wanted)).body.data;
    return { apiKey, secret: apiSecret, passphrase: PASSPHRASE };
  }

  it("wants the signature of the text before percent-encoding, query included", async () => {
    assert.equal(await self({ sign: "AAAA" }), "400005");
    const timestamp = String(await sandboxTime(sandbox));
    const sign = (target: string) => createHmac("sha256", credential.secret).update(`${timestamp}GET${target}`).digest("base64");
    const send = async (signed: string) =>
      told(await parent.get(`${KEY}?subName=mmbot001&apiKey=a%23b`, {}, { timestamp, sign: sign(`${KEY}${signed}`) }));
    assert.equal(await send(""), "400005");
    assert.equal(await send("?subName=mmbot001&apiKey=a%23b"), "400005");
    assert.equal(await send("?subName=mmbot001&apiKey=a#b"), "200000");
    assert.equal(told(await parent.get(`${SELF}?x=%zz`, {}, { sign: "AAAA" })), "400001");
  });

  it("wants the signature of the exact body", async () => {
    const timestamp = String(await sandboxTime(sandbox));
    const text = JSON.stringify({ subName: "mmbot001" });
    const sign = createHmac("sha256", credential.secret).update(`${timestamp}POST${KEY}${text} `).digest("base64");
    assert.equal(told(await parent.post(KEY, text, { timestamp, sign })), "400005");
  });

  it("wants a timestamp within 5 seconds, in milliseconds", async () => {
    const now = await sandboxTime(sandbox);
    assert.equal(await self({ timestamp: String(now - 3000) }), "200000");
    assert.equal(await self({ timestamp: String(now - 20_000) }), "400002");
    assert.equal(await self({ timestamp: String(now + 20_000) }), "400002");
    assert.equal(await self({ timestamp: String(Math.floor(now / 1000)) }), "400002");
    assert.equal(await self({ timestamp: new Date(now).toISOString() }), "400002");
  });

  it("names the header that is missing, and takes versions 2 and 3", async () => {
    for (const name of ["KEY", "SIGN", "TIMESTAMP", "PASSPHRASE", "KEY-VERSION"]) {
      const { body, status } = await parent.get(SELF, {}, { headers: { [`KC-API-${name}`]: "" } });
      assert.deepEqual([body.code, status], ["400001", 401]);
      assert.ok(body.msg.endsWith(`KC-API-${name}`));
    }
    assert.equal(await self({ headers: { "KC-API-KEY-VERSION": "2" } }), "200000");
    assert.equal(await self({ headers: { "KC-API-KEY-VERSION": "1" } }), "400009");
  });

  it("wants a key it knows, and its passphrase, signed", async () => {
    const as = async (changes: Partial<Credential>) => told(await kucoin(sandbox, { ...credential, ...changes }).get(SELF));
    assert.equal(await as({ apiKey: "0".repeat(24) }), "400003");
    assert.equal(await as({ passphrase: "wrong-one" }), "400004");
    assert.equal(await as({ secret: "wrong" }), "400005");
    assert.equal(await self({ headers: { "KC-API-PASSPHRASE": credential.passphrase ?? "" } }), "400004");
  });

  it("wants the caller to be at one of the key's addresses, and says where it is", async () => {
    const { body, status } = await parent.get(SELF, {}, { from: BOT });
    assert.deepEqual([body.code, status], ["400006", 403]);
    assert.ok(body.msg.includes(BOT));
    const key = await makeKey({ ipWhitelist: "127.0.20.1,127.0.20.2" });
    const from = async (address: string) => told(await kucoin(sandbox, key, { from: address }).get(SELF));
    assert.equal(await from("127.0.20.2"), "200000");
    assert.equal(await from("127.0.20.3"), "400006");
  });

  it("keeps a sub-account's key from managing, and each key to its permissions", async () => {
    const key = kucoin(sandbox, await makeKey({ ipWhitelist: BOT, permission: "Margin" }), { from: BOT });
    const target = { subName: "mmbot001" };
    assert.equal(told(await key.get(KEY, target)), "400010");
    assert.equal(told(await key.post(KEY, target)), "400010");
    assert.equal(told(await key.post(`${KEY}/update`, target)), "400010");
    assert.equal(told(await key.delete(KEY, target)), "400010");
    assert.equal(told(await key.get("/api/v2/sub/user")), "400010");
    assert.equal(told(await key.post("/api/v1/hf/orders", {})), "400007");
    assert.equal(told(await key.post("/api/v3/accounts/universal-transfer", {})), "400007");
    const order = { clientOid: "o", symbol: "BTC-USDT", side: "buy", type: "market" };
    assert.equal(told(await key.post("/api/v3/hf/margin/order", order)), "200000");
  });

  it("answers an unknown route, broken JSON and another content type in its own ways", async () => {
    const all = async (reply: Promise<Reply>) => [(await reply).body.code, (await reply).status];
    assert.deepEqual(await all(parent.get("/api/v1/nothing")), ["404000", 404]);
    assert.deepEqual(await all(parent.post(KEY, {}, { headers: { "Content-Type": "text/plain" } })), ["415000", 415]);
    assert.equal(told(await parent.post(KEY, "{not json")), "400100");
    assert.equal(told(await parent.post(KEY, "[]")), "400100");
    assert.equal(told(await parent.post(KEY, { subName: 5 })), "400100");
  });

  it("refuses with the error's own HTTP status or with 200, in any order", async () => {
    const statuses = new Set<number>();
    for (let left = 20; left > 0; left -= 1) statuses.add((await parent.get(KEY, {})).status);
    assert.deepEqual([...statuses].sort(), [200, 400]);
  });
});

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { StartedSandbox } from "../../sandbox/start";
import { type Caller, type CallOptions, type Credential, okx, parentOf, type Reply, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const CONFIG = "/api/v5/account/config";
const APIKEY = "/api/v5/users/subaccount/apikey";

describe("sandbox: OKX refusals", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "okx");
    parent = okx(sandbox, credential);
  });
  after(() => running.end());

  async function self(options: CallOptions): Promise<[string, number]> {
    return told(await parent.get(CONFIG, {}, options));
  }

  function told({ body, status }: Reply): [string, number] {
    return [body.code, status];
  }

  async function makeKey(fields: object): Promise<Credential> {
    const wanted = { subAcct: "mmbot001", label: "bot", passphrase: "Aa1!aaaa", ...fields };
    const [{ apiKey, secretKey, passphrase }] = (await parent.post(APIKEY, wanted)).body.data;
    return { apiKey, secret: secretKey, passphrase };
  }

  it("wants the signature of the exact text, query included", async () => {
    assert.deepEqual(await self({ sign: "AAAA" }), ["50113", 401]);
    const timestamp = new Date(await sandboxTime(sandbox)).toISOString();
    const sign = (target: string) => createHmac("sha256", credential.secret).update(`${timestamp}GET${target}`).digest("base64");
    const query = "?subAcct=mmbot001&apiKey=";
    const send = (signed: string) => parent.get(`${APIKEY}${query}`, {}, { timestamp, sign: sign(signed) });
    assert.deepEqual(told(await send(APIKEY)), ["50113", 401]);
    assert.deepEqual(told(await send(`${APIKEY}${query}`)), ["0", 200]);
    const hexadecimal = createHmac("sha256", credential.secret).update(`${timestamp}GET${CONFIG}`).digest("hex");
    assert.deepEqual(await self({ timestamp, sign: hexadecimal }), ["50113", 401]);
  });

  it("wants a timestamp within 30 seconds, in ISO form", async () => {
    const now = await sandboxTime(sandbox);
    const iso = (offset: number) => new Date(now + offset).toISOString();
    assert.deepEqual(await self({ timestamp: iso(-20_000) }), ["0", 200]);
    assert.deepEqual(await self({ timestamp: iso(-60_000) }), ["50102", 401]);
    assert.deepEqual(await self({ timestamp: iso(60_000) }), ["50102", 401]);
    assert.deepEqual(await self({ timestamp: String(now) }), ["50112", 401]);
    assert.deepEqual(await self({ timestamp: iso(0).replace(/\.[0-9]+Z/, "Z") }), ["50112", 401]);
  });

  it("names the header that is missing", async () => {
    const without = (header: string) => self({ headers: { [header]: "" } });
    assert.deepEqual(await without("OK-ACCESS-KEY"), ["50103", 401]);
    assert.deepEqual(await without("OK-ACCESS-PASSPHRASE"), ["50104", 401]);
    assert.deepEqual(await without("OK-ACCESS-SIGN"), ["50106", 401]);
    assert.deepEqual(await without("OK-ACCESS-TIMESTAMP"), ["50107", 401]);
  });

  it("wants a key it knows, its passphrase, and the right environment", async () => {
    const as = async (changes: Partial<Credential>) => told(await okx(sandbox, { ...credential, ...changes }).get(CONFIG));
    assert.deepEqual(await as({ apiKey: "not-a-key" }), ["50111", 401]);
    assert.deepEqual(await as({ apiKey: "00000000-0000-4000-8000-000000000000" }), ["50119", 200]);
    assert.deepEqual(await as({ passphrase: "Wrong1!wrong" }), ["50105", 401]);
    assert.deepEqual(await self({ headers: { "x-simulated-trading": "1" } }), ["50101", 401]);
  });

  it("wants the caller to be at one of the key's addresses or in one of its networks", async () => {
    assert.deepEqual(await self({ from: BOT }), ["50110", 401]);
    const key = await makeKey({ ip: "127.0.20.0/24,127.0.30.1" });
    const from = async (address: string) => told(await okx(sandbox, key, { from: address }).get(CONFIG));
    assert.deepEqual(await from("127.0.20.9"), ["0", 200]);
    assert.deepEqual(await from("127.0.30.1"), ["0", 200]);
    assert.deepEqual(await from("127.0.30.2"), ["50110", 401]);
  });

  it("keeps a sub-account's key from managing, and a reading key from trading", async () => {
    const key = okx(sandbox, await makeKey({ label: "reader", ip: BOT, perm: "read_only" }), { from: BOT });
    assert.deepEqual(told(await key.get(APIKEY, { subAcct: "mmbot001" })), ["59500", 200]);
    assert.deepEqual(told(await key.post(APIKEY, {})), ["59500", 200]);
    assert.deepEqual(told(await key.get("/api/v5/users/subaccount/list")), ["59604", 200]);
    assert.deepEqual(told(await key.post("/api/v5/trade/order", {})), ["50120", 200]);
  });

  it("wants a parent with trade, bound to addresses, to manage; and any to look", async () => {
    const paths = ["apikey", "modify-apikey", "delete-apikey", "create-subaccount"];
    const managing = () =>
      Promise.all(paths.map(async (path) => told(await parent.post(`/api/v5/users/subaccount/${path}`, {}))));
    const all = (code: string, status: number) => paths.map(() => [code, status]);
    await sandbox.control.editParent("okx", { ips: [] });
    assert.deepEqual(await managing(), all("50035", 403));
    assert.deepEqual(told(await parent.get(APIKEY, { subAcct: "mmbot001" })), ["0", 200]);
    await sandbox.control.editParent("okx", { ips: ["127.0.0.1"], perm: "read_only" });
    assert.deepEqual(await managing(), all("50120", 200));
    assert.deepEqual(told(await parent.get(APIKEY, { subAcct: "mmbot001" })), ["0", 200]);
    await sandbox.control.editParent("okx", { perm: "read_only,trade,withdraw" });
    assert.deepEqual(await managing(), all("50014", 400));
    const [{ perm }] = (await parent.get(CONFIG)).body.data;
    assert.deepEqual(perm.split(",").sort(), ["read_only", "trade", "withdraw"]);
  });

  it("answers an unknown route, broken JSON and another content type in its own ways", async () => {
    assert.deepEqual(told(await parent.get("/api/v5/nothing")), ["404", 404]);
    assert.deepEqual(told(await parent.post(APIKEY, "{not json")), ["50002", 400]);
    assert.deepEqual(told(await parent.post(APIKEY, "[]")), ["50002", 400]);
    assert.deepEqual(told(await parent.post(APIKEY, {}, { headers: { "Content-Type": "text/plain" } })), ["50006", 400]);
    assert.deepEqual(told(await parent.post(APIKEY, { subAcct: 5 })), ["51000", 400]);
  });
});

import assert from "node:assert/strict";
import { callBalance } from "../../harness/bot";
import type { StartedSandbox } from "../../sandbox/start";
import { type Credential, parentOf, sandboxTime } from "./callers";
import { type CoinbaseCaller, exchange, shownOnce } from "./coinbase-caller";
import { type TestSandbox, testSandbox } from "./folders";

const ID = "coinbaseexchange";
const BOT = "127.0.10.1";
const ACCOUNTS = { path: "/accounts" } as const;

describe("sandbox: Coinbase Exchange", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: CoinbaseCaller;
  let profile: string;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, ID);
    parent = exchange(sandbox, credential);
    [profile = ""] = sandbox.files.subAccounts[ID] ?? [];
  });
  after(() => running.end());

  const told = async (call: object = {}, as: CoinbaseCaller = parent) => {
    const { status, body } = await as({ ...ACCOUNTS, ...call });
    return [status, body.message];
  };
  const make = async (changes: object = {}) => {
    const key = await sandbox.control.addKey(ID, { subAccount: profile, label: "bot", ips: [BOT], ...changes });
    return shownOnce(sandbox, key.apiKey);
  };

  it("tells the time with decimals", async () => {
    const { body } = await parent({ path: "/time" });
    assert.ok(Math.abs(body.epoch * 1000 - (await sandboxTime(sandbox))) < 5000);
    assert.equal(Date.parse(body.iso), Math.round(body.epoch * 1000));
  });

  it("shows the accounts of the key's own profile to whoever may view or trade", async () => {
    assert.equal(Buffer.from(credential.secret, "base64").length, 64);
    for (const permissions of [["view"], ["trade"]]) {
      const { body } = await exchange(sandbox, await make({ permissions }), BOT)(ACCOUNTS);
      assert.deepEqual(new Set(body.map((row: { profile_id: string }) => row.profile_id)), new Set([profile]));
    }
    const other = exchange(sandbox, await make({ permissions: ["transfer", "manage"] }), BOT);
    assert.deepEqual(await told({}, other), [403, "Forbidden"]);
  });

  it("lets a bot in by ccxt, from its addresses only", async () => {
    const now = await sandboxTime(sandbox);
    const { passphrase = "", ...made } = await make();
    const [endpoint, read] = [sandbox.files.endpoints[ID], sandbox.files.botReads[ID]];
    assert.ok(endpoint !== undefined && read !== undefined);
    const place = { exchange: ID, endpoint, read, ca: sandbox.files.ca };
    const key = { ...made, password: passphrase };
    if (process.platform === "linux") assert.equal(await callBalance(key, { ...place, address: BOT }, () => now), "accepted");
    assert.notEqual(await callBalance(key, place, () => now), "accepted");
  });

  it("says what is wrong with a request", async () => {
    const now = (await sandboxTime(sandbox)) / 1000;
    assert.equal((await told())[0], 200);
    assert.equal((await told({ path: "/accounts?a=b%20c" }))[0], 200);
    assert.equal((await told({ claims: { timestamp: Math.floor(now) - 20 } }))[0], 200);
    assert.deepEqual(await told({ headers: { "CB-ACCESS-SIGN": "AAAA" } }), [401, "invalid signature"]);
    assert.deepEqual(await told({ headers: { "CB-ACCESS-KEY": "0".repeat(32) } }), [401, "Invalid API Key"]);
    assert.deepEqual(await told({ headers: { "CB-ACCESS-PASSPHRASE": "wrong" } }), [401, "Invalid Passphrase"]);
    assert.deepEqual(await told({ claims: { timestamp: new Date().toISOString() } }), [401, "invalid timestamp"]);
    for (const name of ["KEY", "SIGN", "TIMESTAMP", "PASSPHRASE"]) {
      assert.deepEqual(await told({ headers: { [`CB-ACCESS-${name}`]: "" } }), [401, `CB-ACCESS-${name} header is required`]);
    }
    const { apiKey, secret, passphrase = "" } = credential;
    const text = exchange(sandbox, { apiKey, secret: Buffer.from(secret).toString("base64"), passphrase });
    assert.deepEqual(await told({}, text), [401, "invalid signature"], "the secret is decoded first");
    assert.deepEqual(await told({ path: "/nothing" }), [404, "NotFound"]);
  });

  it("refuses a time or an address with one status or the other", async () => {
    const seen = async (call: object): Promise<readonly unknown[]> => {
      const replies = [];
      for (let tried = 0; tried < 30; tried += 1) replies.push((await told(call)).join(" "));
      return [...new Set(replies)].sort();
    };
    for (const offset of [-60, 60]) {
      const timestamp = Math.floor((await sandboxTime(sandbox)) / 1000) + offset;
      assert.deepEqual(await seen({ claims: { timestamp } }), ["400 request timestamp expired", "401 request timestamp expired"]);
    }
    const address = "IP does not match IP whitelist";
    assert.deepEqual(await seen({ from: BOT }), [`401 ${address}`, `403 ${address}`]);
  });

  it("trades by permission only", async () => {
    const order = { method: "POST", path: "/orders", body: { product_id: "BTC-USD", side: "buy" } } as const;
    assert.equal((await parent(order)).body.status, "pending");
    assert.equal((await parent({ ...order, body: {} })).status, 400);
    assert.deepEqual(await told(order, exchange(sandbox, await make(), BOT)), [403, "Forbidden"]);
  });

  it("does what a person does on the website", async () => {
    const made = await make();
    await sandbox.control.editKey(ID, made.apiKey, { ips: [], permissions: ["trade"], label: "byhand" });
    const [key] = (await sandbox.control.keys(ID)).filter(({ apiKey }) => apiKey === made.apiKey);
    assert.deepEqual([key?.ips, key?.permissions, key?.label], [[], ["trade"], "byhand"]);
    assert.equal((await exchange(sandbox, made)(ACCOUNTS)).status, 200);
    await sandbox.control.removeKey(ID, made.apiKey);
    assert.deepEqual(await told({}, exchange(sandbox, made)), [401, "Invalid API Key"]);
    await assert.rejects(make({ algorithm: "EdDSA" }), /400/);
    await assert.rejects(make({ permissions: { Spot: ["Trade"] } }), /400/);
    await assert.rejects(sandbox.control.removeKey(ID, credential.apiKey), /404/);
  });

  it("counts the calls of a profile", async () => {
    const narrow = await testSandbox({ rateScale: 0.1 });
    const caller = exchange(narrow.sandbox, parentOf(narrow.sandbox, ID));
    const replies = await Promise.all(Array.from({ length: 12 }, () => caller(ACCOUNTS)));
    const refused = replies.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0);
    assert.equal(refused[0]?.body.message, "Private rate limit exceeded");
    await narrow.end();
  });
});

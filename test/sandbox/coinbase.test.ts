import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { callBalance } from "../../harness/bot";
import type { StartedSandbox } from "../../sandbox/start";
import { type Credential, parentOf, sandboxTime } from "./callers";
import { advancedTrade, type CoinbaseCaller, shownOnce } from "./coinbase-caller";
import { type TestSandbox, testSandbox } from "./folders";

const ID = "coinbase";
const BOT = "127.0.10.1";
const FOLDER = "/api/v3/brokerage";
const SELF = { path: `${FOLDER}/key_permissions` } as const;
const REFUSED = [401, "Unauthorized"] as const;

describe("sandbox: Coinbase Advanced Trade", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: CoinbaseCaller;
  let portfolio: string;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, ID);
    parent = advancedTrade(sandbox, credential);
    [portfolio = ""] = sandbox.files.subAccounts[ID] ?? [];
  });
  after(() => running.end());

  const self = async (call: object = {}) => {
    const { status, body } = await parent({ ...SELF, ...call });
    return [status, body];
  };
  const make = async (changes: object = {}) => {
    const key = await sandbox.control.addKey(ID, { subAccount: portfolio, label: "bot", ips: [BOT], ...changes });
    return shownOnce(sandbox, key.apiKey);
  };

  it("gives its parent as a PEM file, a key by name", () => {
    assert.match(credential.secret, /^-----BEGIN EC PRIVATE KEY-----\n[\s\S]+\n-----END EC PRIVATE KEY-----\n$/);
    assert.match(credential.apiKey, /^organizations\/[0-9a-f-]{36}\/apiKeys\/[0-9a-f-]{36}$/);
  });

  it("tells the time in two ways", async () => {
    const now = Math.floor((await sandboxTime(sandbox)) / 1000);
    const [one, two] = [await parent({ path: "/v2/time" }), await parent({ path: `${FOLDER}/time` })];
    assert.ok(Math.abs(one.body.data.epoch - now) <= 1);
    assert.ok(Math.abs(Number(two.body.epochSeconds) - now) <= 1 && two.body.epochMillis.startsWith(two.body.epochSeconds));
  });

  it("lets a key ask what it may do, whatever that is", async () => {
    const facts = async (permissions: string[]) => {
      const { body } = await advancedTrade(sandbox, await make({ permissions }), BOT)(SELF);
      const { can_view, can_trade, can_transfer, can_receive = false, portfolio_uuid } = body;
      assert.equal(portfolio_uuid, portfolio);
      return [can_view, can_trade, can_transfer, can_receive];
    };
    assert.deepEqual(await facts(["view"]), [true, false, false, false]);
    assert.deepEqual(await facts(["trade", "view"]), [true, true, false, false]);
    assert.deepEqual(await facts(["transfer", "receive"]), [false, false, true, true]);
  });

  it("takes both kinds of key, by hand and by ccxt, from their addresses only", async () => {
    const now = await sandboxTime(sandbox);
    for (const algorithm of ["ES256", "EdDSA"]) {
      const made = await make({ algorithm });
      assert.equal(made.secret.length === 88, algorithm === "EdDSA");
      assert.equal((await advancedTrade(sandbox, made, BOT)(SELF)).status, 200);
      const [endpoint, read] = [sandbox.files.endpoints[ID], sandbox.files.botReads[ID]];
      assert.ok(endpoint !== undefined && read !== undefined);
      const place = { exchange: ID, endpoint, read, ca: sandbox.files.ca };
      if (process.platform === "linux") assert.equal(await callBalance(made, { ...place, address: BOT }, () => now), "accepted");
      assert.equal(await callBalance(made, place, () => now), "AuthenticationError");
    }
    await assert.rejects(make({ algorithm: "RS256" }), /400/);
  });

  it("lets ccxt's bots in at the sandbox's time", async () => {
    for (const id of [ID, "coinbaseexchange"]) {
      const { passphrase, ...key } = parentOf(sandbox, id);
      const [endpoint, read] = [sandbox.files.endpoints[id], sandbox.files.botReads[id]];
      assert.ok(endpoint !== undefined && read !== undefined);
      const place = { exchange: id, endpoint, read, ca: sandbox.files.ca };
      const called = async (offset: number) => {
        const now = (await sandboxTime(sandbox)) + offset;
        return callBalance({ ...key, ...(passphrase === undefined ? {} : { password: passphrase }) }, place, () => now);
      };
      await sandbox.control.advance("30d");
      assert.equal(await called(0), "accepted");
      assert.notEqual(await called(-30 * 86_400_000), "accepted");
      await sandbox.control.moveClock({ offsetMs: 0 });
    }
  });

  it("says one thing to whatever is wrong with a token", async () => {
    const now = Math.floor((await sandboxTime(sandbox)) / 1000);
    const host = new URL(sandbox.files.endpoints[ID] ?? "").host;
    assert.equal((await self())[0], 200);
    const wrong: readonly object[] = [
      { claims: { uri: `GET ${host}${FOLDER}/accounts` } },
      { claims: { uri: `POST ${host}${SELF.path}` } },
      { claims: { uri: `GET api.example.com${SELF.path}` } },
      { claims: { uri: `GET https://${host}${SELF.path}` } },
      { claims: { uri: undefined } },
      { claims: { nbf: now - 300, exp: now - 180 } },
      { claims: { nbf: now + 60, exp: now + 180 } },
      { claims: { exp: now + 3600 } },
      { claims: { iss: "somebody" } },
      { claims: { sub: "organizations/o/apiKeys/k" } },
      { head: { kid: "organizations/o/apiKeys/k" }, claims: { sub: "organizations/o/apiKeys/k" } },
      { head: { alg: "EdDSA" } },
      { head: { alg: "none" } },
      { head: { nonce: "" } },
      { head: { typ: "JOSE" } },
      { headers: { Authorization: "" } },
      { headers: { Authorization: "Bearer a.b.c" } },
      { from: BOT },
    ];
    for (const call of wrong) assert.deepEqual(await self(call), REFUSED, JSON.stringify(call));
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const secret = privateKey.export({ type: "sec1", format: "pem" }).toString();
    const { status, body } = await advancedTrade(sandbox, { ...credential, secret })(SELF);
    assert.deepEqual([status, body], REFUSED);
  });

  it("takes a query that no token names", async () => {
    assert.equal((await parent({ path: `${FOLDER}/accounts?limit=1` })).status, 200);
  });

  it("refuses for want of a permission in three forms, and never otherwise", async () => {
    const blind = advancedTrade(sandbox, await make({ permissions: ["trade"] }), BOT);
    const forms = new Set<string>();
    for (let tried = 0; tried < 40; tried += 1) {
      const { status, body } = await blind({ path: `${FOLDER}/accounts` });
      assert.equal(status, 403);
      forms.add(typeof body === "string" ? "text" : body.error);
    }
    assert.deepEqual([...forms].sort(), ["PERMISSION_DENIED", "text", "unknown"]);
    const order = { client_order_id: "1", product_id: "BTC-USD", side: "BUY", order_configuration: {} };
    const trade = (body: unknown) => blind({ method: "POST", path: `${FOLDER}/orders`, body });
    assert.equal((await trade(order)).body.success, true);
    assert.equal((await trade({})).status, 400);
    assert.equal((await trade("{")).status, 400);
  });

  it("does what a person does in the portal, also to keys with a slash in their name", async () => {
    const made = await make();
    const key = advancedTrade(sandbox, made, BOT);
    await sandbox.control.editKey(ID, made.apiKey, { permissions: ["view", "transfer"], ips: ["127.0.20.0/24"] });
    assert.equal((await key(SELF)).status, 401);
    assert.equal((await key({ ...SELF, from: "127.0.20.7" })).body.can_transfer, true);
    await sandbox.control.removeKey(ID, made.apiKey);
    assert.deepEqual((await key({ ...SELF, from: "127.0.20.7" })).body, "Unauthorized");
    await assert.rejects(sandbox.control.editKey(ID, made.apiKey, { label: "gone" }), /404/);
    await assert.rejects(make({ permissions: ["everything"] }), /400/);
    await assert.rejects(make({ readOnly: 1 }), /400/);
    await assert.rejects(make({ subAccount: "11111111-1111-4111-8111-111111111111" }), /404/);
    await sandbox.control.addSubAccount(ID, "11111111-1111-4111-8111-111111111111");
    await make({ subAccount: "11111111-1111-4111-8111-111111111111" });
    await sandbox.control.editParent(ID, { permissions: ["view", "trade", "transfer"] });
    assert.equal((await parent(SELF)).body.can_transfer, true);
  });

  it("logs the key that a token names, and no token", async () => {
    await sandbox.control.clearRequests();
    await parent(SELF);
    await self({ head: { kid: "pasted-secret" } });
    await parent({ path: "/v2/nothing" });
    const requests = await sandbox.control.requests();
    assert.deepEqual(
      requests.map(({ operation, apiKey, status }) => [operation, apiKey, status]),
      [
        ["inspect", credential.apiKey, 200],
        ["inspect", null, 401],
        ["unknown", credential.apiKey, 404],
      ],
    );
    assert.doesNotMatch(JSON.stringify(requests), /eyJ/);
  });

  it("counts all calls of a user together", async () => {
    const narrow = await testSandbox({ rateScale: 0.1 });
    const caller = advancedTrade(narrow.sandbox, parentOf(narrow.sandbox, ID));
    const replies = await Promise.all(Array.from({ length: 12 }, () => caller(SELF)));
    const refused = replies.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0);
    assert.equal(refused[0]?.body.errors[0].id, "rate_limit_exceeded");
    await narrow.end();
  });
});

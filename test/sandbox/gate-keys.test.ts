import assert from "node:assert/strict";
import { callBalance } from "../../harness/bot";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, parentOf, sandboxTime, wayOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";
import { type GateCaller, gate } from "./gate-caller";

const BOT = "127.0.10.1";
const UID = "2000001";
const SPOT = { name: "spot", read_only: false };
const WALLET = { name: "wallet", read_only: true };
const ORDER = { currency_pair: "BTC_USDT", side: "buy", amount: "1" };
const words = (perms: Body[]) => perms.map(({ name, read_only }) => `${name}${read_only ? ":read" : ""}`).sort();
const keysOf = (uid: string) => `/sub_accounts/${uid}/keys`;

describe("sandbox: Gate keys", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: GateCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = gate(sandbox, parentOf(sandbox, "gate"));
  });
  after(() => running.end());

  const wanted = (fields: object = {}) => ({ mode: 1, name: "bot", perms: [SPOT, WALLET], ip_whitelist: [BOT], ...fields });

  async function create(uid: string, fields: object = {}): Promise<Body> {
    const { status, body } = await parent({ method: "POST", path: keysOf(uid), body: wanted(fields) });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  async function rows(uid: string): Promise<Body[]> {
    const { status, body } = await parent({ method: "GET", path: keysOf(uid) });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  const one = (uid: string, key: string) => `${keysOf(uid)}/${key}`;
  const bot = (key: Body, from = BOT) => gate(sandbox, { apiKey: key.key, secret: key.secret }, from);

  it("tells the time without a key", async () => {
    const blank = { KEY: "", SIGN: "", Timestamp: "" };
    const { status, body } = await parent({ method: "GET", path: "/spot/time", headers: blank });
    assert.equal(status, 200);
    assert.ok(Math.abs(body.server_time - (await sandboxTime(sandbox))) < 60_000);
  });

  it("makes a key, shows it without its secret, and lets it work from its address", async () => {
    const key = await create(UID);
    assert.match(key.key, /^[0-9a-f]{32}$/);
    assert.match(key.secret, /^[0-9a-f]{64}$/);
    assert.deepEqual([key.state, key.mode, key.user_id, key.ip_whitelist], [1, 1, Number(UID), [BOT]]);
    const [row] = await rows(UID);
    assert.ok(!("secret" in row) && !JSON.stringify(row).includes(key.secret));
    assert.deepEqual([row.key, row.name, row.state, row.ip_whitelist], [key.key, "bot", 1, [BOT]]);
    assert.deepEqual(words(row.perms), ["spot", "wallet:read"]);
    assert.equal(Number(row.created_at), key.created_at);
    const found = await parent({ method: "GET", path: one(UID, key.key) });
    assert.deepEqual([found.status, found.body.key, "secret" in found.body], [200, key.key, false]);
    const balance = await bot(key)({ method: "GET", path: "/spot/accounts" });
    assert.deepEqual([balance.status, balance.body[0].currency], [200, "USDT"]);
    const order = await bot(key)({ method: "POST", path: "/spot/orders", body: ORDER });
    assert.deepEqual([order.status, order.body.status], [201, "open"]);
  });

  it("lets ccxt's bot call with the key, from its address only", async () => {
    const { key: apiKey, secret } = await create(UID);
    const now = await sandboxTime(sandbox);
    const called = async (from: string) => {
      const { origin, from: address } = await wayOf(sandbox, "gate", { from });
      const endpoint = origin ?? sandbox.files.endpoints.gate ?? "";
      const { ca, botReads } = sandbox.files;
      const read = botReads.gate ?? assert.fail("the sandbox does not say what a bot reads");
      const place = { exchange: "gate", endpoint, read, ca, ...(address === undefined ? {} : { address }) };
      return callBalance({ apiKey, secret }, place, () => now);
    };
    assert.equal(await called(BOT), "accepted");
    assert.equal(await called("127.0.10.2"), "AuthenticationError");
  });

  it("spells times and the time of the last change in every documented way", async () => {
    await create(UID);
    const seen = new Set<string>();
    for (let asked = 0; asked < 20; asked += 1) {
      for (const row of await rows(UID)) seen.add("update_at" in row ? "update_at" : "updated_at").add(typeof row.created_at);
    }
    assert.deepEqual([...seen].sort(), ["number", "string", "update_at", "updated_at"]);
  });

  it("replaces the whole key: what is left out is cleared", async () => {
    const key = await create("2000002");
    const path = one("2000002", key.key);
    const change = { name: "renamed", perms: [WALLET], ip_whitelist: ["127.0.10.3"] };
    const changed = await parent({ method: "PUT", path, body: { mode: 1, ...change } });
    assert.deepEqual([changed.status, changed.body], [204, undefined]);
    const [row] = await rows("2000002");
    assert.deepEqual([row.name, words(row.perms), row.ip_whitelist], ["renamed", ["wallet:read"], ["127.0.10.3"]]);
    assert.equal((await parent({ method: "PUT", path, body: { name: "only" } })).status, 204);
    const [cleared] = await rows("2000002");
    assert.deepEqual([cleared.name, cleared.perms, cleared.ip_whitelist, cleared.mode], ["only", [], [], 1]);
    assert.equal((await parent({ method: "PUT", path, body: { ...wanted(), mode: 2 } })).label, "INVALID_PARAM_VALUE");
  });

  it("keeps each group apart, and reading from writing", async () => {
    const key = bot(await create(UID, { perms: [SPOT, { name: "futures", read_only: true }] }));
    const asked = async (method: string, path: string, body?: object) => {
      const { status, label } = await key({ method, path, ...(body === undefined ? {} : { body }) });
      return [status, label];
    };
    assert.deepEqual(await asked("GET", "/spot/accounts"), [200, ""]);
    assert.deepEqual(await asked("GET", "/futures/usdt/accounts"), [200, ""]);
    assert.deepEqual(await asked("POST", "/futures/usdt/orders", { contract: "BTC_USDT", size: 1 }), [403, "READ_ONLY"]);
    assert.deepEqual(await asked("GET", "/account/detail"), [403, "FORBIDDEN"]);
    assert.deepEqual(await asked("POST", "/spot/orders", {}), [400, "MISSING_REQUIRED_PARAM"]);
  });

  it("deletes a key at once, and tells of a missing one in no certain way", async () => {
    const key = await create("2000003");
    const path = one("2000003", key.key);
    const elsewhere = await parent({ method: "DELETE", path: one(UID, key.key) });
    assert.ok(elsewhere.status >= 400, "it belongs to another sub-account");
    const deleted = await parent({ method: "DELETE", path });
    assert.deepEqual([deleted.status, deleted.body], [204, undefined]);
    assert.deepEqual(await rows("2000003"), []);
    assert.equal((await bot(key)({ method: "GET", path: "/spot/accounts" })).label, "INVALID_KEY");
    const labels = new Set<string>();
    for (let asked = 0; asked < 20; asked += 1) labels.add((await parent({ method: "DELETE", path })).label);
    assert.deepEqual([...labels].sort(), ["API_KEY_NOT_EXIST", "INVALID_PARAM_VALUE", "NOT_FOUND"]);
  });

  it("refuses what it cannot make", async () => {
    const tried = async (fields: object) =>
      (await parent({ method: "POST", path: keysOf("2000004"), body: wanted(fields) })).label;
    const wrong: readonly object[] = [
      { mode: 3 },
      { name: "a".repeat(21) },
      { name: "semi;colon" },
      { name: 7 },
      { perms: [{ name: "withdrawal", read_only: false }] },
      { perms: [{ name: "levitate", read_only: true }] },
      { perms: [SPOT, { ...SPOT, read_only: true }] },
      { perms: "spot" },
      { ip_whitelist: ["9.9.9.0/24"] },
      { ip_whitelist: ["2001:db8::1"] },
      { ip_whitelist: "9.9.9.9" },
      { ip_whitelist: Array.from({ length: 21 }, (_, n) => `9.9.9.${n}`) },
    ];
    for (const fields of wrong) assert.equal(await tried(fields), "INVALID_PARAM_VALUE", JSON.stringify(fields));
    assert.equal(await tried({ ip_whitelist: Array.from({ length: 20 }, (_, n) => `9.9.9.${n}`) }), "");
    assert.equal(await tried({ name: "a".repeat(20) }), "");
    assert.equal(await tried({ name: "bot" }), "");
    assert.equal(await tried({ name: "bot" }), "", "a name may be used again");
  });

  it("holds 20 keys for a sub-account, in any order", async () => {
    const made: string[] = [];
    while (made.length < 20) made.push((await create("2000005")).key);
    const more = await parent({ method: "POST", path: keysOf("2000005"), body: wanted() });
    assert.deepEqual([more.status, more.label], [400, "INVALID_PARAM_VALUE"]);
    const ids = async () => (await rows("2000005")).map(({ key }) => key);
    const [first, second] = [await ids(), await ids()];
    assert.deepEqual([...first].sort(), [...made].sort());
    assert.notDeepEqual(first, second);
  });

  it("stops honouring an unbound key after 90 days, and goes on listing it", async () => {
    const unbound = await create("2000006", { ip_whitelist: [] });
    const bound = await create("2000006");
    await sandbox.control.advance("89d");
    assert.equal((await bot(unbound, "127.0.77.7")({ method: "GET", path: "/spot/accounts" })).status, 200);
    await sandbox.control.advance("2d");
    assert.equal((await bot(unbound)({ method: "GET", path: "/spot/accounts" })).label, "INVALID_KEY");
    assert.equal((await bot(bound)({ method: "GET", path: "/spot/accounts" })).status, 200);
    const states = new Map((await rows("2000006")).map((row) => [row.key, row.state]));
    assert.equal(states.get(bound.key), 1);
    assert.ok([2, 3].includes(states.get(unbound.key)));
  });

  it("shows a key its account, and the main account's keys masked", async () => {
    const key = await create(UID, { perms: [{ name: "account", read_only: true }] });
    const self = await bot(key)({ method: "GET", path: "/account/detail" });
    assert.deepEqual([self.body.user_id, self.body.ip_whitelist, self.body.key.mode], [Number(UID), [BOT], 1]);
    assert.ok(!("perms" in self.body));
    const { apiKey, secret } = parentOf(sandbox, "gate");
    const { body } = await parent({ method: "GET", path: "/account/main_keys" });
    assert.equal(body.length, 2);
    const own = body.find((row: Body) => row.key === `${apiKey.slice(0, 12)}*****`);
    assert.deepEqual(own.ip_whitelist, ["127.0.0.1"]);
    assert.ok(!words(own.perms).includes("withdrawal"));
    assert.ok(!JSON.stringify(body).includes(apiKey) && !JSON.stringify(body).includes(secret));
  });

  it("makes and lists sub-accounts", async () => {
    const made = await parent({ method: "POST", path: "/sub_accounts", body: { login_name: "new_bot_1", remark: "mm" } });
    assert.deepEqual([made.status, made.body.login_name, made.body.remark, made.body.state], [201, "new_bot_1", "mm", 1]);
    const tried = async (body: object) => (await parent({ method: "POST", path: "/sub_accounts", body })).label;
    assert.equal(await tried({ login_name: "new_bot_1" }), "INVALID_PARAM_VALUE");
    assert.equal(await tried({ login_name: "new-bot" }), "INVALID_PARAM_VALUE");
    assert.equal(await tried({}), "MISSING_REQUIRED_PARAM");
    const listed = await parent({ method: "GET", path: "/sub_accounts?type=0" });
    assert.equal(listed.body.length, 9);
    const uid = String(made.body.user_id);
    assert.deepEqual((await parent({ method: "GET", path: `/sub_accounts/${uid}` })).body, made.body);
    await create(uid);
    assert.equal((await rows(uid)).length, 1);
  });
});

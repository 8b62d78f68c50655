import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Credential, parentOf, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";
import { type GateCall, type GateCaller, type GateReply, gate, gateSign } from "./gate-caller";

const BOT = "127.0.10.1";
const KEYS = "/sub_accounts/2000001/keys";
const DETAIL = { method: "GET", path: "/account/detail" } as const;

describe("sandbox: Gate refusals", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: GateCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "gate");
    parent = gate(sandbox, credential);
  });
  after(() => running.end());

  const told = ({ label, status }: GateReply) => [label, status];
  const self = async (call: Partial<GateCall> = {}) => told(await parent({ ...DETAIL, ...call }));

  async function makeKey(fields: object): Promise<Credential> {
    const { body } = await parent({ method: "POST", path: KEYS, body: fields });
    return { apiKey: body.key, secret: body.secret };
  }

  it("is asked as the documents sign their examples", () => {
    const parts = { path: "/api/v4/futures/orders", timestamp: "1541993715" };
    const list = { ...parts, method: "GET", query: "contract=BTC_USD&status=finished&limit=50", text: "" };
    assert.match(gateSign(list, "secret"), /^55f84ea195d6fe57ce62464daaa7c3c02fa9d1dde954e4c898289c9a2407a3d6/);
    const order = '{"contract":"BTC_USD","type":"limit","size":100,"price":6800,"time_in_force":"gtc"}';
    const create = { ...parts, method: "POST", query: "", text: order };
    assert.match(gateSign(create, "secret"), /^eae42da914a590ddf727473aff25fc87d50b64783941061f47a3fdb92742541f/);
  });

  it("wants the signature of the exact text, with the query as it was before encoding", async () => {
    assert.deepEqual(await self({ sign: "AAAA" }), ["INVALID_SIGNATURE", 401]);
    const timestamp = String(Math.floor((await sandboxTime(sandbox)) / 1000));
    const parts = { method: "GET", path: "/api/v4/sub_accounts", query: "type=0&x=a b", text: "", timestamp };
    const list = (query: string, sign: string) => parent({ method: "GET", path: `/sub_accounts?${query}`, timestamp, sign });
    const sign = gateSign(parts, credential.secret);
    assert.equal((await list("type=0&x=a%20b", sign)).status, 200);
    const encoded = gateSign({ ...parts, query: "type=0&x=a%20b" }, credential.secret);
    assert.equal((await list("type=0&x=a%20b", encoded)).label, "INVALID_SIGNATURE");
    assert.equal((await list("x=a%20b&type=0", sign)).label, "INVALID_SIGNATURE");
    const unnamed = gateSign({ ...parts, path: "/sub_accounts" }, credential.secret);
    assert.equal((await list("type=0&x=a%20b", unnamed)).label, "INVALID_SIGNATURE");
    const bodied = gateSign({ ...parts, method: "POST", query: "", text: "{}" }, credential.secret);
    const post = { method: "POST", path: "/sub_accounts", body: '{"a":1}', timestamp, sign: bodied };
    assert.equal((await parent(post)).label, "INVALID_SIGNATURE");
  });

  it("wants a timestamp in seconds, within 60 of them", async () => {
    const now = Math.floor((await sandboxTime(sandbox)) / 1000);
    assert.deepEqual(await self({ timestamp: String(now - 40) }), ["", 200]);
    assert.deepEqual(await self({ timestamp: String(now + 40) }), ["", 200]);
    assert.deepEqual(await self({ timestamp: `${now}.879` }), ["", 200], "as the official SDK has it");
    const statuses = new Set<unknown>();
    for (const timestamp of [now - 90, now + 90, now * 1000, `${now},5`, "soon", now - 91, now - 92, now - 93]) {
      const [label, status] = await self({ timestamp: String(timestamp) });
      assert.equal(label, "REQUEST_EXPIRED", String(timestamp));
      statuses.add(status);
    }
    assert.deepEqual([...statuses].sort(), [401, 403]);
  });

  it("wants every header, and a key it knows", async () => {
    for (const header of ["KEY", "SIGN", "Timestamp"]) {
      assert.deepEqual(await self({ headers: { [header]: "" } }), ["MISSING_REQUIRED_HEADER", 400], header);
    }
    assert.deepEqual(await self({ headers: { KEY: "0".repeat(32) } }), ["INVALID_KEY", 401]);
  });

  it("wants the caller to be at one of the key's addresses", async () => {
    assert.deepEqual(await self({ from: BOT }), ["IP_FORBIDDEN", 401]);
    const perms = [{ name: "account", read_only: true }];
    const key = await makeKey({ perms, ip_whitelist: ["127.0.20.1", "127.0.20.2"] });
    const from = async (address: string) => told(await gate(sandbox, key, address)(DETAIL));
    assert.deepEqual(await from("127.0.20.2"), ["", 200]);
    assert.deepEqual(await from("127.0.20.3"), ["IP_FORBIDDEN", 401]);
  });

  it("keeps a sub-account's key from managing", async () => {
    const perms = ["account", "spot", "wallet"].map((name) => ({ name, read_only: false }));
    const key = gate(sandbox, await makeKey({ perms, ip_whitelist: [BOT] }), BOT);
    for (const [method, path] of [
      ["GET", KEYS],
      ["POST", KEYS],
      ["GET", "/sub_accounts"],
      ["POST", "/sub_accounts"],
      ["GET", "/account/main_keys"],
    ] as const) {
      const { label, status } = await key({ method, path, ...(method === "POST" ? { body: {} } : {}) });
      assert.deepEqual([label, status], ["FORBIDDEN", 403], `${method} ${path}`);
    }
  });

  it("wants a parent with the account permission, and what it hands out", async () => {
    const post = async (fields: object) => told(await parent({ method: "POST", path: KEYS, body: fields }));
    const list = async () => told(await parent({ method: "GET", path: KEYS }));
    await sandbox.control.editParent("gate", { permissions: ["account", "spot:read"] });
    assert.deepEqual(await post({ perms: [{ name: "spot", read_only: true }] }), ["", 200]);
    assert.deepEqual(await post({ perms: [{ name: "spot", read_only: false }] }), ["FORBIDDEN", 403]);
    assert.deepEqual(await post({ perms: [{ name: "wallet", read_only: true }] }), ["FORBIDDEN", 403]);
    await sandbox.control.editParent("gate", { permissions: "account:read,spot" });
    assert.deepEqual(await list(), ["", 200]);
    assert.deepEqual(await post({}), ["READ_ONLY", 403]);
    await sandbox.control.editParent("gate", { permissions: ["spot"] });
    assert.deepEqual(await list(), ["FORBIDDEN", 403]);
    await sandbox.control.editParent("gate", { permissions: ["account", "withdrawal"] });
    assert.deepEqual(await list(), ["", 200]);
    await assert.rejects(sandbox.control.editParent("gate", { permissions: ["levitate"] }), /permissions is a list/);
    await assert.rejects(sandbox.control.editParent("gate", { readOnly: 1 }), /read-only groups/);
  });

  it("answers a foreign sub-account, an unknown route and a broken body in their own ways", async () => {
    const foreign = await parent({ method: "GET", path: "/sub_accounts/7000009/keys" });
    assert.equal(foreign.label, "SUB_ACCOUNT_NOT_FOUND");
    assert.deepEqual(told(await parent({ method: "GET", path: "/nothing" })), ["NOT_FOUND", 404]);
    const post = async (body: unknown, headers = {}) => told(await parent({ method: "POST", path: KEYS, body, headers }));
    assert.deepEqual(await post("{not json"), ["INVALID_REQUEST_BODY", 400]);
    assert.deepEqual(await post("[]"), ["INVALID_REQUEST_BODY", 400]);
    assert.deepEqual(await post("{}", { "Content-Type": "text/plain" }), ["INVALID_REQUEST_BODY", 400]);
    const named = await parent({ method: "GET", path: "/sub_accounts/me/keys" });
    assert.deepEqual(told(named), ["INVALID_PARAM_VALUE", 400]);
  });

  it("lets no key of a locked sub-account in, until it is unlocked", async () => {
    const perms = [{ name: "account", read_only: true }];
    const own = gate(sandbox, await makeKey({ name: "bot", perms, ip_whitelist: [BOT] }), BOT);
    const lock = async (what: string) => (await parent({ method: "POST", path: `/sub_accounts/2000001/${what}` })).status;
    const states = async () => {
      const { body } = await parent({ method: "GET", path: "/sub_accounts" });
      return body.filter(({ state }: { state: number }) => state === 2).map((row: { user_id: number }) => row.user_id);
    };
    assert.equal((await own(DETAIL)).status, 200);
    assert.equal(await lock("lock"), 204);
    assert.deepEqual(await states(), [2000001]);
    assert.equal((await own(DETAIL)).label, "SUB_ACCOUNT_LOCKED");
    assert.equal(await lock("unlock"), 204);
    assert.deepEqual(await states(), []);
    assert.equal((await own(DETAIL)).status, 200);
    assert.equal((await parent({ method: "POST", path: "/sub_accounts/7000009/lock" })).label, "SUB_ACCOUNT_NOT_FOUND");
  });

  it("names each answer, and explains a refusal in one field or another", async () => {
    const fields = new Set<string>();
    const traces = new Set<unknown>();
    for (let asked = 0; asked < 20; asked += 1) {
      const { body, headers } = await parent({ ...DETAIL, sign: "AAAA" });
      for (const field of Object.keys(body)) fields.add(field);
      traces.add(headers["x-gate-trace-id"]);
    }
    assert.deepEqual([...fields].sort(), ["detail", "label", "message"]);
    assert.equal(traces.size, 20);
  });
});

describe("sandbox: Gate rate limits", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let parent: GateCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 0.05 });
    parent = gate(running.sandbox, parentOf(running.sandbox, "gate"));
  });
  after(() => running.end());

  it("counts each endpoint apart, and says when to come again, in seconds or milliseconds", async () => {
    const list = () => parent({ method: "GET", path: KEYS });
    const replies = await Promise.all(Array.from({ length: 20 }, list));
    const refused = replies.filter(({ status }) => status === 429);
    assert.equal(refused.length, 16);
    const now = await sandboxTime(running.sandbox);
    const lengths = new Set<number>();
    for (const { label, headers } of refused) {
      assert.equal(label, "TOO_MANY_REQUESTS");
      assert.deepEqual([headers["x-gate-ratelimit-limit"], headers["x-gate-ratelimit-requests-remain"]], ["4", "0"]);
      const reset = String(headers["x-gate-ratelimit-reset-timestamp"]);
      lengths.add(reset.length);
      const at = reset.length === 10 ? Number(reset) * 1000 : Number(reset);
      assert.ok(at > now - 10_000 && at <= now + 11_000, reset);
    }
    assert.deepEqual([...lengths].sort(), [10, 13]);
    assert.equal((await parent({ method: "GET", path: "/sub_accounts" })).status, 200);
  });
});

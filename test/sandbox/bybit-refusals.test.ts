import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, bybit, type Caller, type CallOptions, type Credential, parentOf, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";

describe("sandbox: Bybit refusals", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "bybit");
    parent = bybit(sandbox, credential);
  });
  after(() => running.end());

  async function self(options: CallOptions): Promise<number> {
    return (await parent.get("/v5/user/query-api", {}, options)).body.retCode;
  }

  async function create(fields: object): Promise<Body> {
    const wanted = { subuid: 100001, readOnly: 0, permissions: { Spot: ["SpotTrade"] }, ...fields };
    return (await parent.post("/v5/user/create-sub-api", wanted)).body.result;
  }

  it("wants the signature of the exact text", async () => {
    assert.equal(await self({ sign: "0".repeat(64) }), 10004);
    const other = bybit(sandbox, { ...credential, secret: "another" });
    assert.equal((await other.get("/v5/user/query-api")).body.retCode, 10004);
    // The same parameters in another spelling are another text.
    const signed = new URLSearchParams({ subMemberId: "100001", limit: "5" }).toString();
    const reordered = await fetchSigned(signed, "limit=5&subMemberId=100001");
    assert.equal(reordered, 10004);
    assert.equal(await fetchSigned(signed, signed), 0);
  });

  /** Sends one query with the signature of another. */
  async function fetchSigned(signedQuery: string, sentQuery: string): Promise<number> {
    const { createHmac } = await import("node:crypto");
    const timestamp = String(await sandboxTime(sandbox));
    const text = `${timestamp}${credential.apiKey}5000${signedQuery}`;
    const sign = createHmac("sha256", credential.secret).update(text).digest("hex");
    const target = `/v5/user/sub-apikeys?${sentQuery}`;
    return (await parent.get(target, {}, { timestamp, sign })).body.retCode;
  }

  it("wants the hexadecimal digits in lower case", async () => {
    const { createHmac } = await import("node:crypto");
    const timestamp = String(await sandboxTime(sandbox));
    const digest = createHmac("sha256", credential.secret).update(`${timestamp}${credential.apiKey}5000`).digest("hex");
    assert.equal(await self({ timestamp, sign: digest }), 0);
    assert.equal(await self({ timestamp, sign: digest.toUpperCase() }), 10004);
  });

  it("wants a timestamp within the window", async () => {
    const now = await sandboxTime(sandbox);
    assert.equal(await self({ timestamp: String(now - 60_000) }), 10002);
    assert.equal(await self({ timestamp: String(now - 60_000), window: "120000" }), 0);
    assert.equal(await self({ timestamp: String(now + 30_000) }), 10002);
    assert.equal(await self({ timestamp: "yesterday" }), 10001);
  });

  it("wants every header, and a key it knows", async () => {
    for (const header of ["X-BAPI-API-KEY", "X-BAPI-TIMESTAMP", "X-BAPI-SIGN"]) {
      const reply = await parent.get("/v5/user/query-api", {}, { headers: { [header]: "" } });
      assert.deepEqual([reply.body.retCode, reply.status], [10001, 401], header);
    }
    const unknown = bybit(sandbox, { apiKey: "neverIssued", secret: "x" });
    assert.equal((await unknown.get("/v5/user/query-api")).body.retCode, 10003);
  });

  it("wants the caller to be at one of the key's addresses", async () => {
    assert.equal(await self({ from: BOT }), 10010);
    const key = await create({ ips: BOT });
    assert.equal((await bybit(sandbox, key).get("/v5/user/query-api")).body.retCode, 10010);
    assert.equal((await bybit(sandbox, key, { from: BOT }).get("/v5/user/query-api")).body.retCode, 0);
  });

  it("wants a parent that can move money to manage, and any to look", async () => {
    const managing = async () => [
      (await parent.post("/v5/user/create-sub-api", { subuid: 1 })).body.retCode,
      (await parent.post("/v5/user/update-sub-api", { apikey: "x" })).body.retCode,
      (await parent.post("/v5/user/delete-sub-api", { apikey: "x" })).body.retCode,
    ];
    await sandbox.control.editParent("bybit", { permissions: { Spot: ["SpotTrade"] } });
    assert.deepEqual(await managing(), [10005, 10005, 10005]);
    assert.equal((await parent.get("/v5/user/sub-apikeys", { subMemberId: "100001" })).body.retCode, 0);
    assert.equal(await self({}), 0);
    await sandbox.control.editParent("bybit", { permissions: { Wallet: ["Withdraw"] }, readOnly: 1 });
    assert.deepEqual(await managing(), [10005, 10005, 10005]);
    await sandbox.control.editParent("bybit", { readOnly: 0 });
    assert.deepEqual(await managing(), [10001, 10001, 10001]);
  });

  it("answers an unknown route, broken JSON and a GET with a body in its own ways", async () => {
    const route = await parent.get("/v5/user/nothing");
    assert.deepEqual([route.body.retCode, route.status], [10017, 404]);
    assert.equal((await parent.post("/v5/user/create-sub-api", "{not json")).body.retCode, 10001);
    const body = await parent.get("/v5/user/query-api", {}, { rawBody: "{}" });
    assert.equal(body.status, 403);
  });

  it("ends a key without addresses after 90 days, and keeps it in the list", async () => {
    const [unbound, bound, rescued] = [await create({}), await create({ ips: BOT }), await create({})];
    const listed = async (apiKey: string) => {
      const { body } = await parent.get("/v5/user/sub-apikeys", { subMemberId: "100001" });
      return body.result.result.find((item: Body) => item.apiKey === apiKey);
    };
    const fresh = await listed(unbound.apiKey);
    assert.deepEqual([fresh.status, fresh.deadlineDay], [3, 90]);
    assert.equal(Date.parse(fresh.expiredAt) - Date.parse(fresh.createdAt), 90 * 86_400_000);
    await sandbox.control.advance("84d");
    assert.equal((await listed(unbound.apiKey)).status, 4);
    await parent.post("/v5/user/update-sub-api", { apikey: rescued.apiKey, ips: BOT });
    await sandbox.control.advance("7d");
    assert.equal((await listed(unbound.apiKey)).status, 2);
    assert.equal((await listed(rescued.apiKey)).status, 1);
    const use = async (key: Credential) => (await bybit(sandbox, key, { from: BOT }).get("/v5/user/query-api")).body.retCode;
    assert.deepEqual([await use(unbound), await use(bound), await use(rescued)], [33004, 0, 0]);
    const late = await parent.post("/v5/user/update-sub-api", { apikey: unbound.apiKey, ips: BOT });
    assert.equal(late.body.retCode, 33004, "what has expired stays expired");
    assert.equal((await parent.post("/v5/user/delete-sub-api", { apikey: unbound.apiKey })).body.retCode, 0);
  });
});

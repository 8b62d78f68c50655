import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, bybit, type Caller, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const SPOT = { Spot: ["SpotTrade"] };
const FUTURES = { ContractTrade: ["Order", "Position"] };

describe("sandbox: Bybit keys", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = bybit(sandbox, parentOf(sandbox, "bybit"));
  });
  after(() => running.end());

  async function create(subuid: number, fields: object = {}): Promise<Body> {
    const { body } = await parent.post("/v5/user/create-sub-api", {
      subuid,
      readOnly: 0,
      permissions: SPOT,
      ips: BOT,
      note: "bot",
      ...fields,
    });
    assert.equal(body.retCode, 0, body.retMsg);
    return body.result;
  }

  async function row(subMemberId: number, apiKey: string): Promise<Body> {
    const { body } = await parent.get("/v5/user/sub-apikeys", { subMemberId: String(subMemberId) });
    assert.equal(body.retCode, 0, body.retMsg);
    return body.result.result.find((candidate: Body) => candidate.apiKey === apiKey);
  }

  async function code(path: string, params: object): Promise<number> {
    return (await parent.post(path, params)).body.retCode;
  }

  it("tells the time without a key", async () => {
    const { body } = await parent.get("/v5/market/time");
    assert.equal(String(body.result.timeSecond), body.result.timeNano.slice(0, 10));
    assert.equal(Math.floor(body.time / 1000), Number(body.result.timeSecond));
  });

  it("makes a key, shows it without its secret, and lets it work from its address", async () => {
    const key = await create(100001, { permissions: { ...SPOT, ...FUTURES } });
    assert.equal(key.note, "bot");
    assert.equal(key.readOnly, 0);
    assert.equal("ips" in key, false, "the answer to a creation lists no addresses");
    assert.deepEqual(key.permissions.Derivatives, ["DerivativesTrade"], "a group the server adds");
    assert.deepEqual(key.permissions.BlockTrade, []);
    const listed = await row(100001, key.apiKey);
    assert.equal(listed.secret, "******");
    assert.equal(listed.readOnly, false, "a boolean in lists");
    assert.deepEqual(listed.ips, [BOT]);
    assert.equal(listed.status, 1);
    assert.equal(listed.deadlineDay, -2);
    assert.equal(listed.expiredAt, "1970-01-01T00:00:00Z");
    assert.match(listed.createdAt, /^[0-9-]+T[0-9:]+Z$/);
    const bot = bybit(sandbox, key, { from: BOT });
    const balance = await bot.get("/v5/account/wallet-balance", { accountType: "UNIFIED" });
    assert.equal(balance.body.retCode, 0);
    const order = await bot.post("/v5/order/create", { category: "linear", symbol: "BTCUSDT", side: "Buy" });
    assert.match(order.body.result.orderId, /^[0-9a-f-]{36}$/);
    const refusedProduct = await bot.post("/v5/order/create", { category: "option", symbol: "X" });
    assert.equal(refusedProduct.body.retCode, 10005);
  });

  it("shows a key to itself, and the parent to the parent", async () => {
    const key = await create(100001, { readOnly: 1 });
    const self = (await bybit(sandbox, key, { from: BOT }).get("/v5/user/query-api")).body.result;
    assert.deepEqual(
      [self.apiKey, self.readOnly, self.secret, self.isMaster, self.parentUid, self.userID],
      [key.apiKey, 1, "", false, "100000", 100001],
    );
    const master = (await parent.get("/v5/user/query-api")).body.result;
    assert.deepEqual([master.isMaster, master.parentUid, master.ips], [true, "0", ["127.0.0.1"]]);
    assert.deepEqual(master.permissions.Wallet, ["AccountTransfer", "SubMemberTransfer"]);
  });

  it("refuses a read-only key to trade", async () => {
    const key = await create(100001, { readOnly: 1 });
    const { body } = await bybit(sandbox, key, { from: BOT }).post("/v5/order/create", { category: "spot" });
    assert.equal(body.retCode, 10005);
  });

  it("widens and unbinds on an update that leaves fields out", async () => {
    const key = await create(100002, { readOnly: 1, ips: "127.0.10.1,127.0.10.2" });
    const { body } = await parent.post("/v5/user/update-sub-api", { apikey: key.apiKey, note: "other" });
    assert.equal(body.retCode, 0);
    assert.equal(body.result.readOnly, 0);
    assert.deepEqual(body.result.ips, ["*"]);
    assert.equal(body.result.secret, "");
    assert.deepEqual(body.result.permissions.Spot, ["SpotTrade"], "permissions left out stay");
    const listed = await row(100002, key.apiKey);
    assert.deepEqual([listed.readOnly, listed.ips, listed.note], [false, ["*"], "bot"]);
  });

  it("replaces addresses and permissions as a whole", async () => {
    const key = await create(100002, { ips: "127.0.10.1,127.0.10.2" });
    const change = { apikey: key.apiKey, readOnly: 0, ips: "127.0.10.3", permissions: FUTURES };
    assert.equal(await code("/v5/user/update-sub-api", change), 0);
    const listed = await row(100002, key.apiKey);
    assert.deepEqual(listed.ips, ["127.0.10.3"]);
    assert.deepEqual(listed.permissions.Spot ?? [], []);
    assert.deepEqual([...listed.permissions.ContractTrade].sort(), ["Order", "Position"]);
  });

  it("takes an array of addresses as well as a comma list, and a star as none", async () => {
    assert.deepEqual((await row(100003, (await create(100003, { ips: [BOT] })).apiKey)).ips, [BOT]);
    assert.deepEqual((await row(100003, (await create(100003, { ips: "*" })).apiKey)).ips, ["*"]);
  });

  it("deletes a key at once", async () => {
    const key = await create(100003);
    assert.equal(await code("/v5/user/delete-sub-api", { apikey: key.apiKey }), 0);
    assert.equal(await row(100003, key.apiKey), undefined);
    const { body, status } = await bybit(sandbox, key, { from: BOT }).get("/v5/user/query-api");
    assert.deepEqual([body.retCode, status], [10003, 401]);
    assert.equal(await code("/v5/user/delete-sub-api", { apikey: key.apiKey }), 10001);
    assert.equal(await code("/v5/user/update-sub-api", { apikey: key.apiKey }), 10001);
  });

  it("refuses what it cannot make", async () => {
    const good = { subuid: 100004, readOnly: 0, permissions: SPOT };
    const path = "/v5/user/create-sub-api";
    assert.equal(await code(path, { ...good, subuid: 999 }), 500010);
    assert.equal(await code(path, { ...good, subuid: "100004" }), 10001);
    assert.equal(await code(path, { ...good, readOnly: undefined }), 10001);
    assert.equal(await code(path, { ...good, permissions: {} }), 10001);
    assert.equal(await code(path, { ...good, permissions: { Spot: [] } }), 10001);
    assert.equal(await code(path, { ...good, permissions: { Spot: ["Nonsense"] } }), 10001);
    assert.equal(await code(path, { ...good, permissions: { Wallet: ["Withdraw"] } }), 10001);
    assert.equal(await code(path, { ...good, permissions: { Wallet: ["SubMemberTransfer"] } }), 10001);
    assert.equal(await code(path, { ...good, ips: "10.0.0.0/8" }), 10001);
    assert.equal(await code(path, { ...good, ips: "127.0.0.1, 127.0.0.2" }), 10001);
    assert.equal(await code(path, { ...good, note: "n".repeat(65) }), 10001);
    assert.equal(await code(path, { ...good, note: "free text, up to 64: äöü!" }), 0);
  });

  it("holds 20 keys for a sub-account, and shows them page by page", async () => {
    const made: string[] = [];
    while (made.length < 20) made.push((await create(100005)).apiKey);
    assert.equal(await code("/v5/user/create-sub-api", { subuid: 100005, readOnly: 0, permissions: SPOT }), 10001);
    const page = async (cursor: string) => {
      const params = { subMemberId: "100005", limit: "8", ...(cursor === "" ? {} : { cursor }) };
      return (await parent.get("/v5/user/sub-apikeys", params)).body.result;
    };
    const first = await page("");
    assert.equal(first.result.length, 8);
    const gone = first.result[0].apiKey;
    assert.equal(await code("/v5/user/delete-sub-api", { apikey: gone }), 0);
    const second = await page(first.nextPageCursor);
    const third = await page(second.nextPageCursor);
    assert.equal(third.nextPageCursor, "");
    const seen = [first, second, third].flatMap(({ result }) => result.map((item: Body) => item.apiKey));
    assert.deepEqual([...seen].sort(), [...made].sort(), "every key once, in spite of a deletion between the pages");
    const again = (await page("")).result.map((item: Body) => item.apiKey);
    assert.notDeepEqual(again, seen.slice(0, 8), "another listing has another order");
  });

  it("refuses wrong limits and cursors", async () => {
    const list = async (params: Record<string, string>) => (await parent.get("/v5/user/sub-apikeys", params)).body.retCode;
    assert.equal(await list({ subMemberId: "100005", limit: "21" }), 10001);
    assert.equal(await list({ subMemberId: "100005", limit: "0" }), 10001);
    assert.equal(await list({ subMemberId: "100005", cursor: "made-up" }), 10001);
    assert.equal(await list({}), 10001);
    assert.equal(await list({ subMemberId: "999" }), 500010);
  });

  it("lets a key with a wallet permission change and delete itself, and name no other", async () => {
    const key = await create(100006, { permissions: { ...SPOT, Wallet: ["SubMemberTransferList"] } });
    const self = bybit(sandbox, key, { from: BOT });
    const named = await self.post("/v5/user/update-sub-api", { apikey: key.apiKey, ips: BOT });
    assert.equal(named.body.retCode, 10001);
    const changed = await self.post("/v5/user/update-sub-api", { ips: `${BOT},127.0.10.9` });
    assert.deepEqual(changed.body.result.ips, [BOT, "127.0.10.9"]);
    assert.equal((await self.post("/v5/user/delete-sub-api", {})).body.retCode, 0);
    assert.equal(await row(100006, key.apiKey), undefined);
    const plain = bybit(sandbox, await create(100006), { from: BOT });
    assert.equal((await plain.post("/v5/user/update-sub-api", { ips: BOT })).body.retCode, 10005);
    assert.equal((await plain.get("/v5/user/sub-apikeys", { subMemberId: "100006" })).body.retCode, 10005);
    assert.equal((await plain.post("/v5/user/create-sub-api", { subuid: 100006 })).body.retCode, 10005);
  });

  it("changes a parent in all but its addresses, and never takes its withdraw away", async () => {
    await sandbox.control.editParent("bybit", { permissions: { Wallet: ["AccountTransfer", "Withdraw"] } });
    const wanted = { permissions: { Wallet: ["SubMemberTransfer", "AccountTransfer"] }, ips: "9.9.9.9" };
    const { result } = (await parent.post("/v5/user/update-api", wanted)).body;
    assert.deepEqual(result.ips, ["127.0.0.1"]);
    assert.deepEqual([...result.permissions.Wallet].sort(), ["AccountTransfer", "SubMemberTransfer", "Withdraw"]);
    assert.equal(await code("/v5/user/update-api", { permissions: { Wallet: ["Withdraw"] } }), 10001);
  });

  it("makes and lists sub-accounts", async () => {
    const path = "/v5/user/create-sub-member";
    const { result } = (await parent.post(path, { username: "maker01", memberType: 1 })).body;
    assert.match(result.uid, /^[0-9]+$/);
    assert.equal(await code(path, { username: "maker01", memberType: 1 }), 10001);
    assert.equal(await code(path, { username: "onlyletters", memberType: 1 }), 10001);
    const all = (await parent.get("/v5/user/query-sub-members")).body.result.subMembers;
    assert.equal(all.length, 9);
    const first = (await parent.get("/v5/user/submembers", { pageSize: "6" })).body.result;
    const second = (await parent.get("/v5/user/submembers", { pageSize: "6", nextCursor: first.nextCursor })).body.result;
    assert.equal(second.nextCursor, "0");
    assert.equal(new Set([...first.subMembers, ...second.subMembers].map(({ uid }) => uid)).size, 9);
    await create(Number(result.uid));
  });
});

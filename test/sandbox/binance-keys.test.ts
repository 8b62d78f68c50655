import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type BinanceCaller, type BinanceReply, binance, form } from "./binance-caller";
import { type Body, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const KEYS = "/sapi/v1/sub-account/subAccountApi";
const RESTRICTION = `${KEYS}/ipRestriction`;
const [MM, ARB] = ["mmbot001_virtual@sandboxnoemail.com", "arbbot001_virtual@sandboxnoemail.com"];
const FLAGS = ["canTrade", "canMarginLoanRepay", "canFuturesTrade", "canUniversalTransfer", "canVanillaOptions"];

type Values = Parameters<typeof form>[0];

describe("sandbox: Binance keys", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: BinanceCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = binance(sandbox, parentOf(sandbox, "binance"));
  });
  after(() => running.end());

  const get = (path: string, values: Values) => parent({ method: "GET", path, text: form(values) });
  const post = (path: string, values: Values) => parent({ method: "POST", path, text: form(values) });
  const remove = (path: string, values: Values) => parent({ method: "DELETE", path, text: form(values) });
  const bind = (values: Values) => post(RESTRICTION.replace("v1", "v2"), values);
  const unlist = (values: Values) => remove(`${RESTRICTION}/ipList`, values);
  const wanted = (email: string, values: Values = {}): Values => ({
    email,
    apiName: "bot",
    status: 2,
    ipAddress: BOT,
    ...values,
  });
  const code = async (reply: Promise<BinanceReply>): Promise<number | undefined> => (await reply).body.code;

  async function create(email: string, values: Values = {}): Promise<Body> {
    const { body } = await post(KEYS, wanted(email, values));
    assert.equal(body.code, undefined, body.msg);
    return body;
  }

  async function rows(email: string, values: Values = {}): Promise<Body[]> {
    const { body } = await get(KEYS, { email, ...values });
    assert.equal(body.total, values.subAccountApiKey === undefined ? body.total : body.rows.length);
    return body.rows;
  }

  function bot(key: Body, from = BOT): BinanceCaller {
    return binance(sandbox, { apiKey: key.apiKey, secret: key.secretKey }, from);
  }

  const flagsOf = (row: Body): string[] => FLAGS.filter((flag) => row[flag] === true);

  it("tells the time without a key", async () => {
    const { body } = await parent({ method: "GET", path: "/api/v3/time" });
    assert.ok(Number.isSafeInteger(body.serverTime));
  });

  it("makes a key, shows it without secret and addresses, and lets it work from its address", async () => {
    const key = await create(MM, { canTrade: true });
    assert.deepEqual([key.apiName, key.status, key.ipList, flagsOf(key)], ["bot", 2, [BOT], ["canTrade"]]);
    const [row] = await rows(MM, { subAccountApiKey: key.apiKey });
    assert.deepEqual(Object.keys(row).sort(), ["apiName", "apikey", ...FLAGS, "email", "timestamp"].sort());
    assert.deepEqual([row.apikey, row.email, flagsOf(row)], [key.apiKey, MM, ["canTrade"]]);
    assert.equal((await bot(key)({ method: "GET", path: "/api/v3/account" })).status, 200);
    const order = {
      method: "POST",
      path: "/api/v3/order",
      text: form({ symbol: "BTCUSDT", side: "BUY", type: "MARKET" }),
    } as const;
    assert.ok((await bot(key)(order)).body.orderId >= 0);
    assert.equal((await bot(await create(MM))(order)).body.code, -2015, "reading is not trading");
  });

  it("takes parameters in the query too, as the official SDK sends them", async () => {
    const reply = await parent({ method: "POST", path: KEYS, into: "query", text: form(wanted(MM)) });
    assert.equal(reply.status, 200);
    const both = { method: "POST", path: KEYS, text: form(wanted(MM)), into: "body" } as const;
    assert.equal((await parent(both)).status, 200);
  });

  it("keeps each flag to its own acts", async () => {
    const says = { symbol: "X", side: "BUY", type: "T", asset: "A", amount: 1 };
    const acts: readonly (readonly [path: string, flag: string])[] = [
      ["/api/v3/order", "canTrade"],
      ["/sapi/v1/margin/order", "canTrade"],
      ["/sapi/v1/margin/borrow-repay", "canMarginLoanRepay"],
      ["/fapi/v1/order", "canFuturesTrade"],
      ["/eapi/v1/order", "canVanillaOptions"],
      ["/sapi/v1/asset/transfer", "canUniversalTransfer"],
    ];
    for (const flag of FLAGS) {
      const call = bot(await create(ARB, { [flag]: true }));
      for (const [path, needed] of acts) {
        const { status } = await call({ method: "POST", path, text: form(says) });
        assert.equal(status, needed === flag ? 200 : 401, `${flag} ${path}`);
      }
    }
  });

  it("changes the flags that are sent and keeps those left out", async () => {
    const { apiKey } = await create(ARB, { canTrade: true, canFuturesTrade: true });
    const change = (values: Values) => post(`${KEYS}Permission`, { email: ARB, subAccountApiKey: apiKey, ...values });
    const { body } = await change({ canTrade: false, canUniversalTransfer: true });
    assert.deepEqual(flagsOf(body), ["canFuturesTrade", "canUniversalTransfer"]);
    assert.deepEqual([body.apikey, "email" in body], [apiKey, false]);
    const [row] = await rows(ARB, { subAccountApiKey: apiKey });
    assert.deepEqual(flagsOf(row), flagsOf(body));
    assert.equal(await code(change({ canTrade: "yes" })), -1100);
  });

  it("adds addresses, removes addresses, and keeps the list of an opened key", async () => {
    const key = await create(MM);
    const target = { email: MM, subAccountApiKey: key.apiKey };
    const added = (await bind({ ...target, status: 2, ipAddress: `${BOT},127.0.10.2` })).body;
    assert.deepEqual([added.status, [...added.ipList].sort(), added.apiKey], ["2", [BOT, "127.0.10.2"], key.apiKey]);
    const left = (await unlist({ ...target, ipAddress: BOT })).body;
    assert.deepEqual([left.ipRestrict, left.ipList], ["true", ["127.0.10.2"]]);
    assert.equal((await bot(key)({ method: "GET", path: "/api/v3/account" })).body.code, -2015);
    assert.equal(await code(unlist({ ...target, ipAddress: BOT })), -1100, "it is not in the list");
    assert.equal(await code(unlist({ ...target, ipAddress: "127.0.10.2" })), -1100, "it is the last");
    assert.equal((await bind({ ...target, status: 1 })).body.status, "1");
    assert.equal((await bot(key)({ method: "GET", path: "/api/v3/account" })).status, 200);
    const { body } = await get(RESTRICTION, target);
    assert.deepEqual([body.ipRestrict, body.ipList], ["false", ["127.0.10.2"]]);
    await bind({ ...target, status: 2, ipAddress: "127.0.10.3" });
    assert.deepEqual([...(await get(RESTRICTION, target)).body.ipList].sort(), ["127.0.10.2", "127.0.10.3"]);
  });

  it("deletes a key at once, and names a missing one in no documented way", async () => {
    const key = await create(MM);
    const target = { email: MM, subAccountApiKey: key.apiKey };
    assert.ok([-1100, -2008].includes((await code(remove(KEYS, { ...target, email: ARB }))) ?? 0), "of another sub-account");
    assert.deepEqual((await remove(KEYS, target)).body, {});
    assert.deepEqual(await rows(MM, { subAccountApiKey: key.apiKey }), []);
    assert.deepEqual((await bot(key)({ method: "GET", path: "/api/v3/account" })).body.code, -2015);
    for (const reply of [remove(KEYS, target), get(RESTRICTION, target), post(`${KEYS}Permission`, target)]) {
      assert.ok([-1100, -2008].includes((await code(reply)) ?? 0));
    }
  });

  it("refuses what it cannot make", async () => {
    const tried = (values: Values, email = MM) => code(post(KEYS, wanted(email, values)));
    assert.equal(await tried({ apiName: "" }), -1102);
    assert.equal(await tried({ status: "" }), -1102);
    assert.equal(await tried({ status: 4 }), -1100);
    assert.equal(await tried({ ipAddress: "" }), -1102);
    assert.equal(await tried({ ipAddress: "10.0.0.0/8" }), -1100);
    assert.equal(await tried({ ipAddress: "2001:db8::1" }), -1100);
    assert.equal(await tried({ ipAddress: Array.from({ length: 31 }, (_, n) => `9.9.9.${n}`).join(",") }), -1100);
    assert.equal(await tried({ canTrade: 1 }), -1100);
    assert.equal(await tried({ canFly: true }), -1104);
    assert.equal(await tried({ canFuturesTrade: true }), -9000, "futures are not enabled there");
    assert.equal(await tried({ canMarginLoanRepay: true }), -9000, "nor is margin");
    assert.equal(await tried({}, "nobody@example.com"), -5021);
    assert.equal(await code(post(KEYS.replace("v1", "v2"), wanted(MM, { canFixApiReading: true }))), -9000);
    assert.equal(await tried({ ipAddress: Array.from({ length: 30 }, (_, n) => `203.113.119.${100 + n}`).join(",") }), undefined);
  });

  it("holds 30 keys for a sub-account, and shows them page by page", async () => {
    const email = "mmbot004_virtual@sandboxnoemail.com";
    const made: string[] = [];
    while (made.length < 30) made.push((await create(email)).apiKey);
    assert.equal(await code(post(KEYS, wanted(email))), -9000);
    const ids = async (values: Values) => (await rows(email, values)).map(({ apikey }) => apikey);
    assert.deepEqual((await ids({})).sort(), [...made].sort());
    assert.notDeepEqual(await ids({}), await ids({}), "in any order where a page holds them all");
    const pages = [await ids({ page: 1, size: 20 }), await ids({ page: 2, size: 20 }), await ids({ page: 3, size: 20 })];
    assert.deepEqual(pages.flat(), made);
    assert.deepEqual(
      pages.map((page) => page.length),
      [20, 10, 0],
    );
    assert.equal(await code(get(KEYS, { email, size: 101 })), -1100);
    assert.equal(await code(get(KEYS, { email, page: 0 })), -1100);
  });

  it("shows a key to itself, without its addresses, name and id", async () => {
    const key = await create(ARB, { canFuturesTrade: true, status: 1, ipAddress: "" });
    const { body } = await bot(key)({ method: "GET", path: "/sapi/v1/account/apiRestrictions" });
    assert.deepEqual([body.ipRestrict, body.enableFutures, body.enableSpotAndMarginTrading], [false, true, false]);
    assert.deepEqual([body.enableReading, body.enableWithdrawals], [true, false]);
    for (const name of ["ipList", "apiName", "apiKey"]) assert.equal(name in body, false);
  });

  it("makes and lists sub-accounts, and enables futures: margin has no call any more", async () => {
    const folder = "/sapi/v1/sub-account";
    const { email } = (await post(`${folder}/virtualSubAccount`, { subAccountString: "newbot1" })).body;
    assert.match(email, /^newbot1_virtual@/);
    const { subAccounts } = (await get(`${folder}/list`, { limit: 200 })).body;
    assert.equal(subAccounts.length, 9);
    assert.equal((await get(`${folder}/list`, { email })).body.subAccounts[0].email, email);
    const status = async () => (await get(`${folder}/status`, { email })).body[0];
    assert.deepEqual([(await status()).isFutureEnabled, (await status()).isMarginEnabled], [false, false]);
    assert.equal(await code(post(KEYS, wanted(email, { canFuturesTrade: true }))), -9000);
    assert.deepEqual((await post(`${folder}/futures/enable`, { email })).body, { email, isFuturesEnabled: true });
    assert.equal((await post(`${folder}/margin/enable`, { email })).status, 404);
    assert.deepEqual([(await status()).isFutureEnabled, (await status()).isMarginEnabled], [true, false]);
    await create(email, { canFuturesTrade: true });
  });

  it("shows which sub-accounts are frozen", async () => {
    const listed = async (params: Record<string, string>) =>
      (await get("/sapi/v1/sub-account/list", { limit: 200, ...params })).body.subAccounts.map(
        (account: { email: string }) => account.email,
      );
    await sandbox.control.freezeSubAccount("binance", MM, true);
    assert.deepEqual(await listed({ isFreeze: "true" }), [MM]);
    assert.ok(!(await listed({ isFreeze: "false" })).includes(MM));
    await sandbox.control.freezeSubAccount("binance", MM, false);
    assert.deepEqual(await listed({ isFreeze: "true" }), []);
    await assert.rejects(sandbox.control.freezeSubAccount("binance", "nobody", true), /404/);
  });

  it("lets a person change everything", async () => {
    const key = await sandbox.control.addKey("binance", {
      subAccount: MM,
      label: "byhand",
      ips: [BOT],
      permissions: ["canTrade"],
    });
    await sandbox.control.editKey("binance", key.apiKey, { ips: [], permissions: ["canVanillaOptions"] });
    const target = { email: MM, subAccountApiKey: key.apiKey };
    assert.equal((await get(RESTRICTION, target)).body.ipRestrict, "false");
    assert.deepEqual(flagsOf((await rows(MM, target))[0]), ["canVanillaOptions"]);
    await assert.rejects(sandbox.control.editKey("binance", key.apiKey, { permissions: ["canFly"] }), /400/);
    await assert.rejects(sandbox.control.editKey("binance", key.apiKey, { perm: "trade" }), /400/);
  });
});

import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, type Caller, type Credential, kucoin, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const PASSPHRASE = "pass!word#1";
const KEY = "/api/v1/sub/api-key";
const UPDATE = "/api/v1/sub/api-key/update";
const ACCOUNTS = "/api/v1/accounts";
const ORDER = { clientOid: "o1", symbol: "BTC-USDT", side: "buy", type: "market", size: "1" };

describe("sandbox: KuCoin keys", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: Caller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = kucoin(sandbox, parentOf(sandbox, "kucoin"));
  });
  after(() => running.end());

  const wanted = (subName: string, fields: object = {}) => {
    return { subName, passphrase: PASSPHRASE, remark: "TheRemark", permission: "General,Spot", ipWhitelist: BOT, ...fields };
  };

  async function create(subName: string, fields: object = {}): Promise<Body> {
    const { body } = await parent.post(KEY, wanted(subName, fields));
    assert.equal(body.code, "200000", body.msg);
    return body.data;
  }

  async function rows(subName: string, apiKey?: string): Promise<Body[]> {
    const { body } = await parent.get(KEY, { subName, ...(apiKey === undefined ? {} : { apiKey }) });
    assert.equal(body.code, "200000", body.msg);
    return body.data;
  }

  async function post(path: string, params: object): Promise<string> {
    return (await parent.post(path, params)).body.code;
  }

  async function remove(params: Record<string, string>): Promise<string> {
    return (await parent.delete(KEY, params)).body.code;
  }

  function bot(key: Body, from = BOT): Caller {
    const credential: Credential = { apiKey: key.apiKey, secret: key.apiSecret, passphrase: PASSPHRASE };
    return kucoin(sandbox, credential, { from });
  }

  async function permissionOf(subName: string, apiKey: string): Promise<string[] | undefined> {
    return (await rows(subName, apiKey))[0]?.permission.split(",").sort();
  }

  it("tells the time without a key", async () => {
    const { body, headers } = await parent.get("/api/v1/timestamp");
    assert.ok(Math.abs(body.data - Date.now()) < 60_000);
    assert.ok(Number(headers["gw-ratelimit-remaining"]) > 0);
  });

  it("makes a key, shows it without its secrets, and lets it work from its address", async () => {
    const key = await create("mmbot001");
    assert.deepEqual(
      [key.subName, key.remark, key.apiVersion, key.passphrase, key.ipWhitelist],
      ["mmbot001", "TheRemark", 3, PASSPHRASE, BOT],
    );
    assert.match(key.apiKey, /^[0-9a-f]{24}$/);
    const [row] = await rows("mmbot001", key.apiKey);
    const shown = ["apiKey", "apiVersion", "createdAt", "ipWhitelist", "isMaster", "permission", "remark", "subName", "uid"];
    assert.deepEqual(Object.keys(row).sort(), shown);
    assert.deepEqual([row.remark, row.ipWhitelist, row.createdAt, row.isMaster], ["TheRemark", BOT, key.createdAt, false]);
    assert.equal((await bot(key).get(ACCOUNTS)).body.code, "200000");
    const order = await bot(key).post("/api/v1/hf/orders", ORDER);
    assert.equal(order.body.data.clientOid, "o1");
    assert.match(order.body.data.orderId, /^[0-9]+$/);
  });

  it("gives a key General and nothing else unless it is told to, and no list of addresses where there are none", async () => {
    const { permission: _, ipWhitelist: __, ...bare } = wanted("mmbot001");
    const { data } = (await parent.post(KEY, bare)).body;
    assert.deepEqual([data.permission, "ipWhitelist" in data], ["General", false]);
    assert.equal((await bot(data, "127.0.77.7").get(ACCOUNTS)).body.code, "200000");
    assert.deepEqual(await permissionOf("mmbot001", data.apiKey), ["General"]);
  });

  it("shows a key to itself, with its expiry, and the parent to the parent", async () => {
    const key = await create("mmbot001", { expire: "90" });
    const self = (await bot(key).get("/api/v1/user/api-key")).body.data;
    assert.deepEqual([self.isMaster, self.subName, self.expiredAt], [false, "mmbot001", key.createdAt + 90 * 86_400_000]);
    const master = (await parent.get("/api/v1/user/api-key")).body.data;
    assert.deepEqual([master.isMaster, "subName" in master, master.expiredAt], [true, false, null]);
    assert.equal(master.ipWhitelist, "127.0.0.1");
    assert.equal(self.parentUid, master.uid);
  });

  it("forgets in a change what is left out", async () => {
    const key = await create("arbbot001", { expire: "30" });
    const target = { subName: "arbbot001", apiKey: key.apiKey, passphrase: PASSPHRASE };
    const changed = (await parent.post(UPDATE, { ...target, ipWhitelist: "127.0.10.2,127.0.10.3" })).body.data;
    assert.deepEqual(changed, {
      subName: "arbbot001",
      apiKey: key.apiKey,
      permission: "General",
      ipWhitelist: "127.0.10.2,127.0.10.3",
    });
    await parent.post(UPDATE, { ...target, permission: "General,Futures", expire: "30" });
    const [row] = await rows("arbbot001", key.apiKey);
    assert.deepEqual([row.permission.split(",").sort(), "ipWhitelist" in row], [["Futures", "General"], false]);
    assert.equal(row.remark, "TheRemark");
  });

  it("wants a key's own passphrase to change or delete it", async () => {
    const key = await create("arbbot001");
    const target = { subName: "arbbot001", apiKey: key.apiKey };
    assert.equal(await post(UPDATE, target), "400100");
    assert.equal(await post(UPDATE, { ...target, passphrase: "another1" }), "400100");
    assert.equal(await remove(target), "400100");
    assert.equal(await remove({ ...target, passphrase: "another1" }), "400100");
    assert.equal(await remove({ ...target, passphrase: PASSPHRASE, subName: "mmbot001" }), "400100");
    assert.deepEqual(await permissionOf("arbbot001", key.apiKey), ["General", "Spot"]);
    const { body } = await parent.delete(KEY, { ...target, passphrase: PASSPHRASE });
    assert.deepEqual(body.data, target);
    assert.deepEqual(await rows("arbbot001", key.apiKey), []);
    assert.equal((await bot(key).get(ACCOUNTS)).body.code, "400003");
    assert.equal(await remove({ ...target, passphrase: PASSPHRASE }), "400100");
  });

  it("refuses what it cannot make", async () => {
    const tried = (fields: object) => post(KEY, wanted("mmbot002", fields));
    const bad = [
      ...["Transfer", "Trade", "Earn", "General Spot", "spot"].map((permission) => ({ permission })),
      ...["", "r".repeat(25)].map((remark) => ({ remark })),
      ...["short1", "p".repeat(33), "with space1", ""].map((passphrase) => ({ passphrase })),
      ...["10.0.0.0/8", "::1", "127.0.0.1;127.0.0.2", "nowhere"].map((ipWhitelist) => ({ ipWhitelist })),
      { ipWhitelist: Array.from({ length: 21 }, (_, n) => `9.9.9.${n}`).join(",") },
      ...["60", "0", 90].map((expire) => ({ expire })),
      ...["nobody01", ""].map((subName) => ({ subName })),
    ];
    for (const fields of bad) assert.equal(await tried(fields), "400100", JSON.stringify(fields));
    assert.deepEqual(await rows("mmbot002"), []);
    assert.equal(
      await tried({ remark: "r".repeat(24), ipWhitelist: Array.from({ length: 20 }, (_, n) => `9.9.9.${n}`).join() }),
      "200000",
    );
    assert.equal((await parent.get(KEY, { subName: "nobody01" })).body.code, "400100");
  });

  it("holds 10 keys for a sub-account, in any order, also under one remark", async () => {
    const made: string[] = [];
    while (made.length < 10) made.push((await create("mmbot004")).apiKey);
    assert.equal(await post(KEY, wanted("mmbot004")), "400100");
    const [first, second] = [await rows("mmbot004"), await rows("mmbot004")];
    const ids = (list: Body[]) => list.map(({ apiKey }) => apiKey);
    assert.deepEqual([...ids(first)].sort(), [...made].sort());
    assert.notDeepEqual(ids(first), ids(second));
  });

  it("ends a key on its day, whatever was changed meanwhile, unless the expiry was lifted", async () => {
    const keys = await Promise.all(
      ["kept", "lifted", "longer", "never"].map((remark) => create("arbbot002", { remark, expire: "30" })),
    );
    const [kept, lifted, longer] = keys;
    const change = (key: Body, fields: object) =>
      post(UPDATE, { subName: "arbbot002", apiKey: key.apiKey, passphrase: PASSPHRASE, ipWhitelist: BOT, ...fields });
    await sandbox.control.advance("20d");
    await change(kept, { expire: "30" });
    await change(lifted, {});
    await change(longer, { expire: "90" });
    const left = async () => (await rows("arbbot002")).map(({ remark }) => remark).sort();
    await sandbox.control.advance("11d");
    assert.deepEqual(await left(), ["lifted", "longer"]);
    assert.equal((await bot(kept).get(ACCOUNTS)).body.code, "400003");
    await sandbox.control.advance("80d");
    assert.deepEqual(await left(), ["lifted"]);
  });

  it("takes trading away from an unbound key after 30 days without use, or the whole key", async () => {
    const make = (fields: object, owner = "mmbot003") => create(owner, { ipWhitelist: "", ...fields });
    const idle = await Promise.all(Array.from({ length: 8 }, () => make({}, "arbbot003")));
    const [used, reading, bound] = [await make({}), await make({ permission: "General" }), await make({ ipWhitelist: BOT })];
    await sandbox.control.advance("20d");
    assert.equal((await bot(used).get(ACCOUNTS)).body.code, "200000");
    await sandbox.control.advance("11d");
    const after = await Promise.all(idle.map(({ apiKey }) => permissionOf("arbbot003", apiKey)));
    assert.ok(after.some((words) => words === undefined) && after.some((words) => words?.join() === "General"));
    assert.deepEqual(await permissionOf("mmbot003", used.apiKey), ["General", "Spot"]);
    assert.deepEqual(await permissionOf("mmbot003", reading.apiKey), ["General"]);
    assert.deepEqual(await permissionOf("mmbot003", bound.apiKey), ["General", "Spot"]);
  });
});

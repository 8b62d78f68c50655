import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, type Caller, type Credential, okx, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const PASSPHRASE = "Aa1!aaaa";
const APIKEY = "/api/v5/users/subaccount/apikey";
const MODIFY = "/api/v5/users/subaccount/modify-apikey";
const DELETE = "/api/v5/users/subaccount/delete-apikey";
const ORDER = { instId: "BTC-USDT", tdMode: "cash", side: "buy", ordType: "market", sz: "1" };

describe("sandbox: OKX keys", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parent: Caller;
  let labels = 0;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parent = okx(sandbox, parentOf(sandbox, "okx"));
  });
  after(() => running.end());

  const wanted = (subAcct: string, fields: object = {}) => {
    labels += 1;
    return { subAcct, label: `bot${labels}`, passphrase: PASSPHRASE, perm: "trade", ip: BOT, ...fields };
  };

  async function create(subAcct: string, fields: object = {}): Promise<Body> {
    const { body } = await parent.post(APIKEY, wanted(subAcct, fields));
    assert.equal(body.code, "0", body.msg);
    return body.data[0];
  }

  async function rows(subAcct: string, apiKey?: string): Promise<Body[]> {
    const { body } = await parent.get(APIKEY, { subAcct, ...(apiKey === undefined ? {} : { apiKey }) });
    assert.equal(body.code, "0", body.msg);
    return body.data;
  }

  async function code(path: string, params: object): Promise<string> {
    return (await parent.post(path, params)).body.code;
  }

  function bot(key: Body, from = BOT): Caller {
    const credential: Credential = { apiKey: key.apiKey, secret: key.secretKey, passphrase: key.passphrase };
    return okx(sandbox, credential, { from });
  }

  const words = (perm: string) => perm.split(",").sort();

  it("tells the time without a key", async () => {
    const { body } = await parent.get("/api/v5/public/time");
    assert.match(body.data[0].ts, /^[0-9]{13}$/);
  });

  it("makes a key, shows it without its secrets, and lets it work from its address", async () => {
    const key = await create("mmbot001");
    assert.deepEqual([key.subAcct, key.passphrase, key.ip], ["mmbot001", PASSPHRASE, BOT]);
    assert.deepEqual(words(key.perm), ["read_only", "trade"], "read_only is always added");
    const [row] = await rows("mmbot001", key.apiKey);
    assert.deepEqual(Object.keys(row).sort(), ["apiKey", "ip", "label", "perm", "ts"]);
    assert.deepEqual([row.label, row.ip, row.ts], [key.label, BOT, key.ts]);
    assert.equal((await bot(key).get("/api/v5/account/balance")).body.code, "0");
    const order = await bot(key).post("/api/v5/trade/order", ORDER);
    assert.equal(order.body.data[0].sCode, "0");
    assert.match(order.body.data[0].ordId, /^[0-9]+$/);
  });

  it("shows a key to itself, and the parent to the parent", async () => {
    const key = await create("mmbot001", { perm: "read_only" });
    const [self] = (await bot(key).get("/api/v5/account/config")).body.data;
    assert.deepEqual([self.type, self.label, self.ip, self.perm], ["1", key.label, BOT, "read_only"]);
    assert.notEqual(self.uid, self.mainUid);
    const [master] = (await parent.get("/api/v5/account/config")).body.data;
    assert.deepEqual([master.type, master.uid, master.ip], ["0", master.mainUid, "127.0.0.1"]);
    assert.equal("apiKey" in master, false);
  });

  it("changes what is sent, keeps what is left out, and unbinds on an empty ip", async () => {
    const key = await create("arbbot001", { ip: `${BOT},127.0.10.2` });
    const target = { subAcct: "arbbot001", apiKey: key.apiKey };
    const relabelled = (await parent.post(MODIFY, { ...target, label: "renamed" })).body.data[0];
    assert.deepEqual(words(relabelled.perm), ["read", "trade"], "this answer spells read_only as read");
    assert.equal(relabelled.ip, `${BOT},127.0.10.2`);
    await parent.post(MODIFY, { ...target, ip: "127.0.10.3" });
    assert.deepEqual([(await rows("arbbot001"))[0].ip, (await rows("arbbot001"))[0].label], ["127.0.10.3", "renamed"]);
    await parent.post(MODIFY, { ...target, perm: "read_only" });
    await parent.post(MODIFY, { ...target, ip: "" });
    const [row] = await rows("arbbot001");
    assert.deepEqual([row.ip, row.perm, row.label], ["", "read_only", "renamed"]);
    assert.equal((await bot(key, "127.0.77.7").get("/api/v5/account/balance")).body.code, "0");
  });

  it("deletes a key at once, and finds it no more", async () => {
    const key = await create("arbbot001");
    const target = { subAcct: "arbbot001", apiKey: key.apiKey };
    assert.equal(await code(DELETE, { ...target, subAcct: "mmbot001" }), "59506", "it belongs to another sub-account");
    assert.deepEqual((await parent.post(DELETE, target)).body.data, [{ subAcct: "arbbot001" }]);
    assert.deepEqual(await rows("arbbot001", key.apiKey), []);
    const used = await bot(key).get("/api/v5/account/balance");
    assert.deepEqual([used.body.code, used.status], ["50119", 200]);
    assert.equal(await code(DELETE, target), "59506");
    assert.equal(await code(MODIFY, target), "59506");
  });

  it("refuses what it cannot make", async () => {
    const tried = async (fields: object) => code(APIKEY, wanted("mmbot002", fields));
    assert.equal(await tried({ label: undefined }), "50014");
    assert.equal(await tried({ label: "" }), "50014");
    assert.equal(await tried({ label: "with space" }), "51000");
    assert.equal(await tried({ label: "a".repeat(51) }), "51000");
    assert.equal(await tried({ perm: "withdraw" }), "59504");
    assert.equal(await tried({ perm: "read_only,fly" }), "51000");
    assert.equal(await tried({ ip: "127.0.0.1, 127.0.0.2" }), "51000");
    assert.equal(await tried({ ip: Array.from({ length: 21 }, (_, n) => `9.9.9.${n}`).join(",") }), "59503");
    assert.equal(await tried({ subAcct: "nobody01" }), "59510");
    for (const passphrase of ["Aa1!aaa", `Aa1!${"a".repeat(29)}`, "aa1!aaaa", "AA1!AAAA", "Aaa!aaaa", "Aa1aaaaa", "Aa1! aaaa"]) {
      assert.equal(await tried({ passphrase }), "59505", passphrase);
    }
    assert.equal(await tried({ label: "a".repeat(50) }), "0");
    assert.equal(await tried({ perm: undefined, ip: "9.9.9.9,2001:db8::1,9.9.8.0/24" }), "0");
  });

  it("wants a label only once in a sub-account", async () => {
    const first = await create("arbbot002", { label: "twin" });
    assert.equal(await code(APIKEY, wanted("arbbot002", { label: "twin" })), "59502");
    assert.equal(await code(APIKEY, wanted("mmbot003", { label: "twin" })), "0");
    const other = await create("arbbot002");
    const target = { subAcct: "arbbot002", apiKey: other.apiKey };
    assert.equal(await code(MODIFY, { ...target, label: "twin" }), "59502");
    assert.equal(await code(MODIFY, { ...target, apiKey: first.apiKey, label: "twin" }), "0", "its own label is no twin");
  });

  it("holds 50 keys for a sub-account, in any order", async () => {
    const made: string[] = [];
    while (made.length < 50) made.push((await create("mmbot004")).apiKey);
    assert.equal(await code(APIKEY, wanted("mmbot004")), "59501");
    const [first, second] = [await rows("mmbot004"), await rows("mmbot004")];
    const ids = (list: Body[]) => list.map(({ apiKey }) => apiKey);
    assert.deepEqual([...ids(first)].sort(), [...made].sort());
    assert.notDeepEqual(ids(first), ids(second));
  });

  it("deletes an unbound trading key after 14 days without use", async () => {
    const [idle, used, reading, bound] = [
      await create("arbbot003", { ip: "" }),
      await create("arbbot003", { ip: "" }),
      await create("arbbot003", { ip: "", perm: "read_only" }),
      await create("arbbot003"),
    ];
    await sandbox.control.advance("10d");
    assert.equal((await bot(used).get("/api/v5/account/balance")).body.code, "0");
    await sandbox.control.advance("5d");
    const left = (await rows("arbbot003")).map(({ apiKey }) => apiKey);
    assert.deepEqual([...left].sort(), [used, reading, bound].map(({ apiKey }) => apiKey).sort());
    assert.equal((await bot(idle).get("/api/v5/account/balance")).body.code, "50119");
    await sandbox.control.advance("100d");
    assert.equal((await rows("arbbot003")).length, 2);
  });

  it("makes and lists sub-accounts", async () => {
    const path = "/api/v5/users/subaccount/create-subaccount";
    const [made] = (await parent.post(path, { subAcct: "newbot01", type: "1", label: "newbot01" })).body.data;
    assert.equal(made.subAcct, "newbot01");
    assert.equal(await code(path, { subAcct: "newbot01", type: "1" }), "59601");
    assert.equal(await code(path, { subAcct: "short", type: "1" }), "51000");
    const list = async (params: Record<string, string>) => {
      const { data } = (await parent.get("/api/v5/users/subaccount/list", params)).body;
      return data.map(({ subAcct }: Body) => subAcct);
    };
    assert.equal((await list({})).length, 9);
    assert.deepEqual(await list({ subAcct: "newbot01" }), ["newbot01"]);
    assert.deepEqual(await list({ before: String(Number(made.ts) - 1) }), ["newbot01"]);
    assert.equal((await list({ limit: "3" })).length, 3);
    await create("newbot01");
  });
});

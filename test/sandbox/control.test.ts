import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type Body, bybit, type Caller, okx, parentOf, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";

describe("sandbox: control port", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let parents: { bybit: Caller; okx: Caller };

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    parents = { bybit: bybit(sandbox, parentOf(sandbox, "bybit")), okx: okx(sandbox, parentOf(sandbox, "okx")) };
  });
  beforeEach(async () => {
    await sandbox.control.clearFaults();
    await sandbox.control.clearRequests();
  });
  after(() => running.end());

  async function createBybit(subuid = 100001): Promise<Body> {
    const wanted = { subuid, readOnly: 0, permissions: { Spot: ["SpotTrade"] }, ips: BOT, note: "bot" };
    return (await parents.bybit.post("/v5/user/create-sub-api", wanted)).body.result;
  }

  async function createOkx(label: string, subAcct = "mmbot001"): Promise<Body> {
    const wanted = { subAcct, label, passphrase: `Aa1!${label}`, perm: "trade", ip: BOT };
    return (await parents.okx.post("/api/v5/users/subaccount/apikey", wanted)).body.data[0];
  }

  async function listBybit(subMemberId = "100001"): Promise<string[]> {
    const { body } = await parents.bybit.get("/v5/user/sub-apikeys", { subMemberId });
    return body.result.result.map(({ apiKey }: Body) => apiKey);
  }

  it("is healthy, and tells and moves the time of everything", async () => {
    assert.deepEqual(await sandbox.control.health(), { ok: true });
    const before = await sandbox.control.clock();
    const moved = await sandbox.control.advance("30d");
    assert.equal(moved.offsetMs, before.offsetMs + 30 * 86_400_000);
    assert.equal((await sandbox.control.advance(1000)).offsetMs, moved.offsetMs + 1000);
    const { body } = await parents.bybit.get("/v5/market/time");
    assert.ok(Math.abs(body.time - (await sandboxTime(sandbox))) < 60_000, "the clock file says the same");
    const key = await createBybit();
    const [row] = (await sandbox.control.keys("bybit")).filter(({ apiKey }) => apiKey === key.apiKey);
    assert.ok(Math.abs(Date.parse(row?.createdAt ?? "") - body.time) < 60_000);
    assert.equal((await sandbox.control.moveClock({ offsetMs: 0 })).offsetMs, 0);
    await assert.rejects(sandbox.control.advance("a while"), /advance|duration|Invalid/);
  });

  it("makes a second parent that may do what the first may, and lives on without it", async () => {
    const key = await createBybit(100007);
    const { apiKey = "", secret = "" } = await sandbox.control.addParent("bybit");
    const second = bybit(sandbox, { apiKey, secret });
    const seen = async (parent: Caller): Promise<Body> =>
      (await parent.get("/v5/user/sub-apikeys", { subMemberId: "100007" })).body.result?.result?.[0]?.apiKey;
    assert.equal(await seen(second), key.apiKey);
    await sandbox.control.setStanding("bybit", "disabled");
    assert.deepEqual([await seen(parents.bybit), await seen(second)], [undefined, key.apiKey]);
    await sandbox.control.setStanding("bybit", "good");
    await assert.rejects(sandbox.control.addParent("coinbase"), /makes no second parent/);
  });

  it("shows every living key without its secret", async () => {
    const [first, second] = [await createBybit(100002), await createOkx("shown")];
    const keys = await sandbox.control.keys();
    const shown = keys.filter(({ apiKey }) => apiKey === first.apiKey || apiKey === second.apiKey);
    assert.deepEqual(
      shown.map(({ exchange, subAccount, label, ips, usable }) => ({ exchange, subAccount, label, ips, usable })),
      [
        { exchange: "bybit", subAccount: "100002", label: "bot", ips: [BOT], usable: true },
        { exchange: "okx", subAccount: "mmbot001", label: "shown", ips: [BOT], usable: true },
      ],
    );
    assert.deepEqual(
      shown.map(({ permissions }) => permissions),
      [{ Spot: ["SpotTrade"] }, "read_only,trade"],
    );
    assert.deepEqual(
      shown.map(({ lastUsedAt, expiresAt }) => [lastUsedAt, expiresAt]),
      [
        [null, null],
        [null, null],
      ],
    );
    const text = JSON.stringify(keys);
    for (const { value } of await sandbox.control.secrets()) assert.equal(text.includes(value), false);
    assert.equal(
      (await sandbox.control.keys("okx")).every(({ exchange }) => exchange === "okx"),
      true,
    );
    await assert.rejects(sandbox.control.keys("nowhere"), /404/);
  });

  it("knows every secret there ever was, also of deleted keys and of the parents", async () => {
    const [first, second] = [await createBybit(100003), await createOkx("secrets")];
    await parents.bybit.post("/v5/user/delete-sub-api", { apikey: first.apiKey });
    const values = (await sandbox.control.secrets()).map(({ exchange, kind, value }) => `${exchange} ${kind} ${value}`);
    const parent = parentOf(sandbox, "okx");
    for (const wanted of [
      `bybit secret ${first.secret}`,
      `okx secret ${second.secretKey}`,
      "okx passphrase Aa1!secrets",
      `bybit secret ${parentOf(sandbox, "bybit").secret}`,
      `okx secret ${parent.secret}`,
      `okx passphrase ${parent.passphrase}`,
    ]) {
      assert.ok(values.includes(wanted), wanted.split(" ").slice(0, 2).join(" "));
    }
  });

  it("changes, deletes and makes keys behind everyone's back", async () => {
    const key = await createOkx("edited");
    await sandbox.control.editKey("okx", key.apiKey, { ips: ["9.9.9.9"], perm: "read_only", label: "byhand" });
    const list = async () => (await parents.okx.get("/api/v5/users/subaccount/apikey", { subAcct: "mmbot001" })).body.data;
    const [row] = (await list()).filter(({ apiKey }: Body) => apiKey === key.apiKey);
    assert.deepEqual([row.ip, row.perm, row.label], ["9.9.9.9", "read_only", "byhand"]);
    await sandbox.control.removeKey("okx", key.apiKey);
    assert.equal(
      (await list()).some(({ apiKey }: Body) => apiKey === key.apiKey),
      false,
    );
    await assert.rejects(sandbox.control.removeKey("okx", key.apiKey), /404/);
    const own = await createBybit(100004);
    const edited = await sandbox.control.editKey("bybit", own.apiKey, {
      permissions: { Wallet: ["AccountTransfer"] },
      readOnly: 1,
      ips: [],
    });
    assert.deepEqual([edited.permissions, edited.readOnly, edited.ips], [{ Wallet: ["AccountTransfer"] }, 1, []]);
    assert.notEqual(edited.expiresAt, null);
    const foreign = await sandbox.control.addKey("bybit", { subAccount: "100004", label: "by hand", ips: [BOT] });
    assert.deepEqual((await listBybit("100004")).sort(), [own.apiKey, foreign.apiKey].sort());
    await assert.rejects(sandbox.control.editKey("bybit", own.apiKey, { perm: "trade" }), /400/);
    await assert.rejects(sandbox.control.editKey("bybit", own.apiKey, { ips: ["nonsense"] }), /400.*address/);
    await assert.rejects(sandbox.control.removeKey("bybit", parentOf(sandbox, "bybit").apiKey), /404/);
  });

  it("adds sub-accounts", async () => {
    await sandbox.control.addSubAccount("bybit", "555001");
    await sandbox.control.addSubAccount("okx", "extra001");
    await createBybit(555001);
    await createOkx("extra", "extra001");
    await assert.rejects(sandbox.control.addSubAccount("bybit", "555001"), /400/);
    await assert.rejects(sandbox.control.addSubAccount("bybit", "letters"), /400/);
  });

  it("logs every request by its public parts", async () => {
    const key = await createOkx("logged");
    const credential = { apiKey: key.apiKey, secret: key.secretKey, passphrase: key.passphrase };
    await okx(sandbox, credential, { from: "127.0.10.2" }).get("/api/v5/account/balance", { ccy: "hidden" });
    await parents.bybit.get("/v5/market/time");
    await parents.bybit.get("/v5/unheard/of");
    const requests = await sandbox.control.requests();
    const parent = parentOf(sandbox, "okx").apiKey;
    const seen = requests.map((request) => [
      request.exchange,
      request.operation,
      request.callerAddress,
      request.apiKey === parent ? "parent" : request.apiKey === key.apiKey ? "key" : request.exchange,
      request.subAccount,
      request.status,
      request.code,
    ]);
    assert.deepEqual(seen, [
      ["okx", "issue", "127.0.0.1", "parent", "mmbot001", 200, "0"],
      ["okx", "read", "127.0.10.2", "key", "mmbot001", 401, "50110"],
      ["bybit", "time", "127.0.0.1", "bybit", null, 200, "0"],
      ["bybit", "unknown", "127.0.0.1", "bybit", null, 404, "10017"],
    ]);
    assert.deepEqual(requests.map(({ path }) => path)[1], "/api/v5/account/balance");
    const numbers = requests.map(({ number }) => number);
    assert.deepEqual(
      numbers,
      [...numbers].sort((left, right) => left - right),
    );
    const text = JSON.stringify(requests);
    for (const { value } of await sandbox.control.secrets()) assert.equal(text.includes(value), false);
    assert.equal(text.includes("hidden"), false);
    await sandbox.control.clearRequests();
    await parents.bybit.get("/v5/market/time");
    const [next] = await sandbox.control.requests();
    assert.ok((next?.number ?? 0) > (numbers.at(-1) ?? 0), "numbers go on");
  });

  it("logs whom a key lets in after each request that changed it", async () => {
    const { apiKey } = await createBybit(100004);
    for (const ips of ["127.0.10.2,127.0.10.3", "127.0.10.2,127.0.10.3"])
      await parents.bybit.post("/v5/user/update-sub-api", { apikey: apiKey, ips });
    await parents.bybit.post("/v5/user/update-sub-api", { apikey: apiKey, ips: "not an address" });
    await listBybit("100004");
    await parents.bybit.post("/v5/user/delete-sub-api", { apikey: apiKey });
    assert.deepEqual(
      (await sandbox.control.requests()).map(({ whitelists }) => whitelists),
      [{ [apiKey]: [BOT] }, { [apiKey]: ["127.0.10.2", "127.0.10.3"] }, {}, {}, {}, { [apiKey]: null }],
    );
  });

  it("does not repeat in the log what is no key of its own", async () => {
    await bybit(sandbox, { apiKey: "pastedSecret", secret: "x" }).get("/v5/user/query-api");
    assert.equal((await sandbox.control.requests())[0]?.apiKey, null);
  });

  it("opens doors through which callers count as coming from another address", async () => {
    const key = await createBybit(100005);
    const { endpoints } = await sandbox.control.openDoor(BOT);
    const bot = bybit(sandbox, key);
    assert.equal((await bot.get("/v5/user/query-api")).body.retCode, 10010);
    assert.equal((await bot.get("/v5/user/query-api", {}, { origin: endpoints.bybit ?? assert.fail() })).body.retCode, 0);
    assert.equal((await sandbox.control.requests()).at(-1)?.callerAddress, BOT);
    assert.deepEqual((await sandbox.control.openDoor(BOT)).endpoints, endpoints);
    await assert.rejects(sandbox.control.openDoor("9.9.9.9"), /400/);
  });

  it("refuses a web page that reaches it under another name", async () => {
    const { request } = await import("undici");
    const { statusCode, body } = await request(`${sandbox.files.control}/secrets`, { headers: { host: "evil.example:80" } });
    assert.equal(statusCode, 400);
    assert.equal((await body.text()).includes("secret"), false);
  });
});

import assert from "node:assert/strict";
import type { StartedSandbox } from "../../sandbox/start";
import { type BinanceCall, type BinanceCaller, binancebroker, form, hmac } from "./binance-caller";
import { type Credential, parentOf, sandboxTime } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const SELF = "/sapi/v1/account/apiRestrictions";
const OWNERS = "/sapi/v1/broker/subAccount";
const KEYS = "/sapi/v1/broker/subAccountApi";
const IPS = `${KEYS}/ipRestriction`;
const ID = "485396905001";
const OTHER = "485396905002";
const ALL_OFF = { canTrade: false, marginTrade: false, futuresTrade: false };

describe("sandbox: refusals to a broker at Binance", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let sandbox: StartedSandbox;
  let credential: Credential;
  let parent: BinanceCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    sandbox = running.sandbox;
    credential = parentOf(sandbox, "binancebroker");
    parent = binancebroker(sandbox, credential);
  });
  after(() => running.end());

  async function told(call: Partial<BinanceCall>, caller = parent): Promise<[number | undefined, number]> {
    const { body, status } = await caller({ method: "GET", path: SELF, ...call });
    return [body.code, status];
  }

  const post = async (path: string, values: Parameters<typeof form>[0]) =>
    (await told({ method: "POST", path, text: form(values) }))[0];

  async function makeKey(): Promise<Credential> {
    const text = form({ subAccountId: ID, canTrade: true });
    const { apiKey, secretKey } = (await parent({ method: "POST", path: KEYS, text })).body;
    return { apiKey, secret: secretKey };
  }

  it("wants the signature of the exact text, a time within its window, and no parameter more", async () => {
    assert.deepEqual(await told({}), [undefined, 200]);
    assert.deepEqual(await told({ sign: (text) => hmac(text, "another") }), [-1022, 400]);
    assert.deepEqual(await told({ sign: (text) => hmac(`${text}&page=1`, credential.secret) }), [-1022, 400]);
    assert.deepEqual(await told({ timestamp: "" }), [-1102, 400]);
    assert.deepEqual(await told({ timestamp: String((await sandboxTime(sandbox)) - 6000) }), [-1021, 400]);
    assert.deepEqual(await told({ text: "recvWindow=60001" }), [-1131, 400]);
    assert.deepEqual(await told({ text: "page=1" }), [-1104, 400]);
    assert.equal((await parent({ method: "GET", path: "/sapi/v1/nothing" })).status, 404);
  });

  it("says one thing of a key that is unknown, called from elsewhere or may not do this", async () => {
    assert.deepEqual(await told({ apiKey: "short" }), [-2014, 401]);
    assert.deepEqual(await told({ apiKey: "x".repeat(64) }), [-2015, 401]);
    assert.deepEqual(await told({ from: BOT }), [-2015, 401]);
    const key = binancebroker(sandbox, await makeKey(), BOT);
    assert.deepEqual(await told({}, key), [undefined, 200]);
    assert.deepEqual(await told({ path: KEYS, text: form({ subAccountId: ID }) }, key), [-2015, 401]);
    assert.deepEqual(await told({ path: OWNERS }, key), [-2015, 401]);
    await sandbox.control.editParent("binancebroker", { permissions: [] });
    assert.deepEqual(await told({ path: OWNERS }), [-2015, 401]);
    await sandbox.control.editParent("binancebroker", { permissions: ["canTrade"] });
    assert.deepEqual(await told({ path: OWNERS }), [undefined, 200]);
  });

  it("knows its own sub-accounts only, and a key in its own sub-account only", async () => {
    assert.equal(await post(KEYS, { subAccountId: "1", canTrade: false }), -5021);
    assert.equal(await post(KEYS, { canTrade: false }), -1102);
    const { apiKey } = await makeKey();
    const elsewhere = form({ subAccountId: OTHER, subAccountApiKey: apiKey });
    for (const method of ["GET", "DELETE"] as const) {
      const [code] = await told({ method, path: method === "GET" ? IPS : KEYS, text: elsewhere });
      assert.ok(code === -1100 || code === -2008, String(code));
    }
    const listed = await parent({ method: "GET", path: KEYS, text: elsewhere });
    assert.deepEqual(listed.body, []);
  });

  it("wants all permissions said, and a product enabled before a key has it", async () => {
    const target = { subAccountId: ID, subAccountApiKey: (await makeKey()).apiKey };
    const permission = `${KEYS}/permission`;
    assert.equal(await post(permission, { ...target, canTrade: true, marginTrade: false }), -1102);
    assert.equal(await post(permission, { ...target, ...ALL_OFF, canTrade: "yes" }), -1100);
    assert.equal(await post(`${permission}/universalTransfer`, target), -1102);
    for (const product of ["marginTrade", "futuresTrade"]) {
      assert.equal(await post(permission, { ...target, ...ALL_OFF, [product]: true }), -9000);
      assert.equal(await post(KEYS, { subAccountId: ID, ...ALL_OFF, [product]: true }), -9000);
      assert.equal(await post(KEYS, { subAccountId: OTHER, ...ALL_OFF, [product]: true }), undefined);
    }
    assert.equal(await post(permission, { ...target, ...ALL_OFF }), undefined);
  });

  it("refuses other addresses than IPv4, too many, and the last one's removal", async () => {
    const target = { subAccountId: ID, subAccountApiKey: (await makeKey()).apiKey };
    const bind = (values: object) => post(IPS.replace("v1", "v2"), { ...target, ...values });
    for (const ipAddress of ["10.0.0.0/8", "2001:db8::1", "1.2.3.4, 1.2.3.5"]) {
      assert.equal(await bind({ status: 2, ipAddress }), -1100);
    }
    assert.equal(await bind({ status: 2, ipAddress: Array.from({ length: 31 }, (_, at) => `10.0.0.${at}`).join(",") }), -1100);
    assert.equal(await bind({ status: 2 }), -1102);
    assert.equal(await bind({ status: 3, ipAddress: BOT }), -1100);
    assert.equal(await bind({ status: 2, ipAddress: BOT }), undefined);
    for (const ipAddress of [BOT, "127.0.10.9"]) {
      const text = form({ ...target, ipAddress });
      assert.equal((await told({ method: "DELETE", path: `${IPS}/ipList`, text }))[0], -1100);
    }
  });

  it("makes sub-accounts by tag, pages them, and wants the size of a page of balances", async () => {
    assert.equal(await post(OWNERS, { tag: "no tag!" }), -1100);
    assert.equal(await post(`${OWNERS}/futures`, { subAccountId: ID, futures: false }), -1100);
    assert.equal(await post(`${OWNERS}/margin`, { subAccountId: "1", margin: true }), -5021);
    const page = async (path: string, values: Parameters<typeof form>[0]) => parent({ method: "GET", path, text: form(values) });
    assert.equal((await page(`${OWNERS}/marginSummary`, {})).body.code, -1102);
    assert.equal((await page(`${OWNERS}/marginSummary`, { size: 21 })).body.code, -1100);
    const futures = `${OWNERS.replace("v1", "v3")}/futuresSummary`;
    assert.equal((await page(futures, { size: 20 })).body.code, -1102);
    assert.equal((await page(futures, { size: 20, futuresType: 3 })).body.code, -1100);
    const { body, headers } = await page(futures, { size: 3, page: 2, futuresType: 1 });
    assert.deepEqual(
      body.data.map((row: { readonly futuresEnable: boolean }) => row.futuresEnable),
      [true, false, true],
    );
    assert.ok(Number(headers["x-sapi-used-uid-weight-1m"]) >= 60);
  });

  it("makes one key of a sub-account in a second", async () => {
    const slow = await testSandbox({ rateScale: 0.1 });
    try {
      const call = binancebroker(slow.sandbox, parentOf(slow.sandbox, "binancebroker"));
      const make = async (subAccountId: string) => {
        const { status, body } = await call({ method: "POST", path: KEYS, text: form({ subAccountId, canTrade: false }) });
        return [status, body.code];
      };
      assert.deepEqual(await make(ID), [200, undefined]);
      assert.deepEqual(await make(ID), [429, -1003]);
      assert.deepEqual(await make(OTHER), [200, undefined]);
    } finally {
      await slow.end();
    }
  });
});

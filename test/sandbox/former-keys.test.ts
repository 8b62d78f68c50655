import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { callSandbox } from "../../harness/call-sandbox";
import type { FormerKey, NewKey } from "../../sandbox/control-schema";
import type { StartedSandbox } from "../../sandbox/start";
import { newKeyPair } from "../exchanges/key-pair";
import { binance, binancebroker } from "./binance-caller";
import { kucoin, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const DAY = 86_400_000;

/** One key of each exchange that issues any, in a sub-account that every sandbox has. */
const KEYS: Readonly<Record<string, NewKey>> = {
  binance: { subAccount: "mmbot001_virtual@sandboxnoemail.com", label: "bot", permissions: ["canTrade"], ips: [BOT] },
  binancebroker: { subAccount: "485396905001", permissions: ["canTrade"], ips: [BOT] },
  bybit: { subAccount: "100001", label: "bot", permissions: { Spot: ["SpotTrade"] }, readOnly: 0, ips: [BOT] },
  gate: { subAccount: "2000001", label: "bot", permissions: ["spot"], ips: [BOT] },
  kucoin: { subAccount: "mmbot001", label: "bot", permissions: "General,Spot", ips: [BOT] },
  okx: { subAccount: "mmbot001", label: "bot", permissions: "read_only,trade", ips: [BOT] },
};
const keyOf = (exchange: string): NewKey => KEYS[exchange] ?? { subAccount: "portfolio" };
/** Of the form that Binance's have. */
const FORMER_ID = "f".repeat(64);
const ASKS_PASSPHRASE = ["kucoin", "okx"];

describe("sandbox: keys of an earlier run", function () {
  this.timeout(300_000);
  let earlier: TestSandbox;
  let later: TestSandbox;
  let sandbox: StartedSandbox;

  before(async () => {
    [earlier, later] = [await testSandbox({ rateScale: 1000 }), await testSandbox({ rateScale: 1000 })];
    sandbox = later.sandbox;
  });
  after(async () => {
    await earlier.end();
    await later.end();
  });

  /** What the earlier sandbox knows of a key that it made, ten days ago by the later one's clock. */
  async function formerOf(exchange: string): Promise<FormerKey> {
    const { apiKey } = await earlier.sandbox.control.addKey(exchange, keyOf(exchange));
    const own = (await earlier.sandbox.control.secrets()).filter((secret) => secret.apiKey === apiKey);
    const secrets = Object.fromEntries(own.map(({ kind, value }) => [kind, value]));
    return { apiKey, ...secrets, createdAt: new Date(Date.now() - 10 * DAY).toISOString() };
  }

  const call = (exchange: string, { apiKey, secret = "", passphrase }: FormerKey) => {
    const credentials = { apiKey, secret, ...(passphrase === undefined ? {} : { password: passphrase }) };
    return callSandbox(sandbox, { exchange, credentials, from: BOT });
  };

  for (const [exchange, key] of Object.entries(KEYS)) {
    it(`serve whoever held them, and are as old as they are: ${exchange}`, async () => {
      const was = await formerOf(exchange);
      assert.equal(was.passphrase !== undefined, ASKS_PASSPHRASE.includes(exchange));
      assert.notEqual(await call(exchange, was), "accepted", "no sandbox knows keys of another");
      const made = await sandbox.control.addKey(exchange, { ...key, was });
      assert.deepEqual([made.apiKey, made.createdAt, made.ips], [was.apiKey, was.createdAt, key.ips]);
      assert.equal(await call(exchange, was), "accepted");
      const listed = (await sandbox.control.keys(exchange)).map(({ apiKey }) => apiKey);
      assert.deepEqual(listed, [was.apiKey]);
      await assert.rejects(sandbox.control.addKey(exchange, { ...key, was: { apiKey: "no secret" } }), /400.*secret or a public/);
    });
  }

  it("end when they would have: ninety days after they were made where that is what happens without addresses", async () => {
    for (const exchange of ["bybit", "gate"]) {
      const was = await formerOf(exchange);
      const { expiresAt } = await sandbox.control.addKey(exchange, { ...keyOf(exchange), ips: [], was });
      assert.equal(Date.parse(expiresAt ?? ""), Date.parse(was.createdAt ?? "") + 90 * DAY);
    }
  });

  it("end on the day that was chosen for them, which a change with the same number of days does not move", async () => {
    const former = await formerOf("kucoin");
    const was = { ...former, expiresAt: new Date(Date.parse(former.createdAt ?? "") + 30 * DAY).toISOString() };
    assert.equal(
      (await sandbox.control.addKey("kucoin", { ...KEYS.kucoin, subAccount: "arbbot001", was })).expiresAt,
      was.expiresAt,
    );
    const parent = kucoin(sandbox, parentOf(sandbox, "kucoin"));
    const { apiKey, passphrase } = was;
    const change = { subName: "arbbot001", apiKey, passphrase, permission: "General", ipWhitelist: BOT, expire: "30" };
    assert.equal((await parent.post("/api/v1/sub/api-key/update", change)).body.code, "200000");
    const changed = (await sandbox.control.keys("kucoin")).find((key) => key.apiKey === apiKey);
    assert.equal(changed?.expiresAt, was.expiresAt);
  });

  it("take calls that the bot's own key pair signs, and have no secret then", async () => {
    for (const [exchange, caller] of [
      ["binance", binance],
      ["binancebroker", binancebroker],
    ] as const) {
      const { publicKey, privateKey } = newKeyPair();
      const key = keyOf(exchange);
      const before = (await sandbox.control.secrets()).length;
      const { apiKey } = await sandbox.control.addKey(exchange, { ...key, was: { apiKey: FORMER_ID, publicKey } });
      assert.equal((await sandbox.control.secrets()).length, before);
      const bot = caller(sandbox, { apiKey, secret: "" }, BOT);
      const by = (text: string) =>
        encodeURIComponent(sign(null, Buffer.from(text), createPrivateKey(privateKey)).toString("base64"));
      const code = async (change: object) => (await bot({ method: "GET", path: "/api/v3/account", ...change })).body.code;
      assert.deepEqual([await code({ sign: by }), await code({})], [undefined, -1022]);
      const wrong = { ...key, was: { apiKey: "another", publicKey: "no key" } };
      await assert.rejects(sandbox.control.addKey(exchange, wrong), /400.*PEM/);
    }
  });

  it("are refused where nobody registers public keys, and where keys are made by people only", async () => {
    const publicKey = newKeyPair().publicKey;
    for (const [exchange, was] of [
      ["bybit", { apiKey: "a", publicKey }],
      ["kucoin", { apiKey: "a", publicKey }],
      ["coinbase", { apiKey: "a", secret: "b" }],
    ] as const) {
      await assert.rejects(sandbox.control.addKey(exchange, { ...keyOf(exchange), was }), /400.*not made again/);
    }
  });
});

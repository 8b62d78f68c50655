import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { newKeyPair } from "../exchanges/key-pair";
import { type BinanceCaller, type BinanceReply, binance, form } from "./binance-caller";
import { parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const BOT = "127.0.10.1";
const FIRST = "/sapi/v1/sub-account/subAccountApi";
const SECOND = FIRST.replace("v1", "v2");
const EMAIL = "mmbot001_virtual@sandboxnoemail.com";

/** As documented: over the text as it is, in base64, percent-encoded. */
const by = (privateKey: string, algorithm: "sha256" | null) => (text: string) =>
  encodeURIComponent(sign(algorithm, Buffer.from(text), createPrivateKey(privateKey)).toString("base64"));

describe("sandbox: public keys on Binance", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let parent: BinanceCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    parent = binance(running.sandbox, parentOf(running.sandbox, "binance"));
  });
  after(() => running.end());

  function register(path: string, publicKey: string, into: "body" | "query" = "body"): Promise<BinanceReply> {
    const text = form({ email: EMAIL, apiName: "bot", status: 2, ipAddress: BOT, publicKey });
    return parent({ method: "POST", path, text, into });
  }

  async function told(path: string, publicKey: string, into?: "query"): Promise<number | undefined> {
    return (await register(path, publicKey, into)).body.code;
  }

  it("answers no secret, and takes calls signed by the private key and by nothing else", async () => {
    for (const [path, algorithm, digest] of [
      [FIRST, "ed25519", null],
      [SECOND, "ed25519", null],
      [SECOND, "rsa-2048", "sha256"],
    ] as const) {
      const { publicKey, privateKey } = newKeyPair(algorithm);
      const { apiKey, secretKey } = (await register(path, publicKey)).body;
      assert.equal(secretKey, null);
      const bot = binance(running.sandbox, { apiKey, secret: "" }, BOT);
      const call = { method: "GET", path: "/api/v3/account" } as const;
      const code = async (change: object) => (await bot({ ...call, ...change })).body.code;
      assert.equal(await code({ sign: by(privateKey, digest) }), undefined);
      assert.equal(await code({}), -1022, "an HMAC by an empty secret");
      assert.equal(await code({ sign: by(newKeyPair(algorithm).privateKey, digest) }), -1022);
      assert.equal(await code({ sign: (text: string) => by(privateKey, digest)(`${text}&page=1`) }), -1022);
      assert.equal(await code({ sign: by(privateKey, digest), from: "127.0.10.2" }), -2015);
    }
  });

  it("refuses RSA on the first version, other keys and forms, one that a living key has, and the second version's in the query", async () => {
    const rsa = newKeyPair("rsa-2048").publicKey;
    assert.equal(await told(FIRST, rsa), -9000);
    const { publicKey, privateKey } = newKeyPair();
    for (const text of [privateKey, "no key", publicKey.split("\n")[1] ?? ""]) assert.equal(await told(SECOND, text), -1100);
    assert.equal(await told(SECOND, publicKey, "query"), -1100);
    assert.equal(await told(FIRST, publicKey), undefined);
    assert.equal(await told(SECOND, publicKey), -1100);
  });

  it("knows no secret of such a key", async () => {
    const before = (await running.sandbox.control.secrets()).length;
    await register(FIRST, newKeyPair().publicKey);
    assert.equal((await running.sandbox.control.secrets()).length, before);
  });
});

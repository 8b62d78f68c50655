import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { newKeyPair } from "../exchanges/key-pair";
import { type BinanceCaller, type BinanceReply, binancebroker, form } from "./binance-caller";
import { parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const PATH = "/sapi/v1/broker/subAccountApi";
const ID = "485396905001";

/** As documented: over the text as it is, in base64, percent-encoded. */
const by = (privateKey: string, algorithm: "sha256" | null) => (text: string) =>
  encodeURIComponent(sign(algorithm, Buffer.from(text), createPrivateKey(privateKey)).toString("base64"));

describe("sandbox: public keys of Binance's broker sub-accounts", function () {
  this.timeout(300_000);
  let running: TestSandbox;
  let parent: BinanceCaller;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
    parent = binancebroker(running.sandbox, parentOf(running.sandbox, "binancebroker"));
  });
  after(() => running.end());

  function register(publicKey: string, into: "body" | "query" = "body"): Promise<BinanceReply> {
    const text = form({ subAccountId: ID, canTrade: false, publicKey });
    return parent({ method: "POST", path: PATH, text, into });
  }

  const told = async (publicKey: string, into?: "query") => (await register(publicKey, into)).body.code;

  it("answers no secret, and takes calls signed by the private key and by nothing else", async () => {
    for (const [algorithm, digest] of [
      ["ed25519", null],
      ["rsa-2048", "sha256"],
    ] as const) {
      const { publicKey, privateKey } = newKeyPair(algorithm);
      const { apiKey, secretKey } = (await register(publicKey)).body;
      assert.equal(secretKey, null);
      const bot = binancebroker(running.sandbox, { apiKey, secret: "" }, "127.0.10.1");
      const code = async (change: object) => (await bot({ method: "GET", path: "/api/v3/account", ...change })).body.code;
      assert.equal(await code({ sign: by(privateKey, digest) }), undefined);
      assert.equal(await code({}), -1022, "an HMAC by an empty secret");
      assert.equal(await code({ sign: by(newKeyPair(algorithm).privateKey, digest) }), -1022);
      assert.equal(await code({ sign: (text: string) => by(privateKey, digest)(`${text}&page=1`) }), -1022);
    }
  });

  it("refuses another form or kind, one in the query, and one that a living key has", async () => {
    const { publicKey, privateKey } = newKeyPair();
    for (const text of [privateKey, "no key", publicKey.split("\n")[1] ?? ""]) assert.equal(await told(text), -1100);
    assert.equal(await told(publicKey, "query"), -1100);
    assert.equal(await told(publicKey), undefined);
    assert.equal(await told(publicKey), -1100);
  });

  it("knows no secret of such a key", async () => {
    const before = (await running.sandbox.control.secrets()).length;
    assert.equal(await told(newKeyPair().publicKey), undefined);
    assert.equal((await running.sandbox.control.secrets()).length, before);
  });
});

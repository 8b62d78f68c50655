import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { openForSigner, openKey, type PrivateKeySource } from "../../providers/src/client";
import { fingerprintOf } from "../../providers/src/core/public-key";
import type { SealedVersion } from "../../providers/src/seal/document";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { sealVersion } from "../../providers/src/seal/version";
import { newKeyPair } from "../exchanges/key-pair";
import { failsWith, issued, removeTemporaryFolders } from "../seal/samples";
import { type Desk, EXPECTED, newDesk } from "./desk";

const [PAIR, OTHER] = [newKeyPair(), newKeyPair()];
const fingerprint = fingerprintOf(PAIR.publicKey);
const hides = [PAIR, OTHER].flatMap(({ privateKey }) => privateKey.split("\n")[1] ?? []);

/** A version whose public key the exchange knows. */
async function seal(
  desk: Desk,
  state: SealedVersion["state"],
  { serial = 1, publicKey = PAIR.publicKey } = {},
): Promise<SealedVersion> {
  const { secret: _, ...version } = issued({ serial, apiKey: `public-id-${serial}` });
  const sealer = openSealer(desk.reference, { environment: "production", env: {} });
  return { ...(await sealVersion(sealer, { ...version, fingerprint: fingerprintOf(publicKey) })), state };
}

function open(desk: Desk, privateKey?: PrivateKeySource) {
  return openKey({
    document: desk.url,
    expect: EXPECTED,
    sealedBy: desk.reference,
    ...(privateKey === undefined ? {} : { privateKey }),
  });
}

describe("a bot with a key pair of its own", () => {
  afterEach(removeTemporaryFolders);

  it("gets what ccxt takes: the public id, and its own private key in the form that ccxt signs with", async () => {
    const desk = newDesk();
    await desk.publish([await seal(desk, "current")]);
    for (const written of [PAIR.privateKey, PAIR.privateKey.replaceAll("\n", "\r\n"), `${PAIR.privateKey}\n`]) {
      const { apiKey, secret, ...facts } = await open(desk, written);
      assert.deepEqual([apiKey, secret], ["public-id-1", PAIR.privateKey]);
      assert.deepEqual(facts, { fingerprint, serial: 1, scopes: ["read", "spot"], issuedAt: "2026-01-02T03:04:05.000Z" });
    }
    const path = join(dirname(require.resolve("ccxt")), "..", "js", "src", "binance.js");
    const { default: Exchange } = await import(pathToFileURL(path).href);
    const exchange = new Exchange(await open(desk, PAIR.privateKey));
    const { url } = exchange.sign("account", "private", "GET", {});
    assert.match(url, /&signature=[\w%]{86,}$/);
  });

  it("is shown no private key where the opened key is printed", async () => {
    const desk = newDesk();
    await desk.publish([await seal(desk, "current")]);
    const key = await open(desk, PAIR.privateKey);
    for (const shown of [inspect(key, { depth: 9 }), JSON.stringify(key)]) {
      assert.ok(shown.includes(fingerprint) && !hides.some((secret) => shown.includes(secret)), shown);
    }
  });

  it("may hold several, also by a function, and gets the one that belongs to the version", async () => {
    const desk = newDesk();
    await desk.publish([await seal(desk, "previous"), await seal(desk, "current", { serial: 2, publicKey: OTHER.publicKey })]);
    const both = [PAIR.privateKey, OTHER.privateKey];
    for (const source of [both, [...both].reverse(), () => both, async () => OTHER.privateKey, ["no key", ...both]]) {
      assert.equal((await open(desk, source)).secret, OTHER.privateKey);
    }
    const previous = await openKey({
      document: desk.url,
      expect: EXPECTED,
      sealedBy: desk.reference,
      privateKey: both,
      use: "previous",
    });
    assert.equal(previous.secret, PAIR.privateKey);
  });

  it("is told by name that it gave none, or none that belongs to the version", async () => {
    const desk = newDesk();
    await desk.publish([await seal(desk, "current")]);
    await assert.rejects(open(desk), failsWith("WrongPrivateKey", { code: "NoPrivateKey", text: new RegExp(fingerprint) }));
    await assert.rejects(open(desk, []), failsWith("WrongPrivateKey", { code: "NoPrivateKey" }));
    await assert.rejects(open(desk, OTHER.privateKey), failsWith("WrongPrivateKey", { text: /none of 1 private keys/, hides }));
    const encrypted = createPrivateKey(PAIR.privateKey).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "x",
    });
    const unread = open(desk, [encrypted.toString(), "no key", OTHER.privateKey, PAIR.publicKey]);
    await assert.rejects(unread, failsWith("WrongPrivateKey", { text: /none of 4 .*; 3 cannot be read/, hides }));
  });

  it("needs no private key for a version with a secret, and is handed that secret whatever it gives", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    for (const source of [undefined, OTHER.privateKey]) {
      const { secret, fingerprint: none } = await open(desk, source);
      assert.deepEqual([secret, none], ["secret-of-version-1", undefined]);
    }
  });

  it("is not handed a key pair that was written into the document", async () => {
    const desk = newDesk();
    await desk.publish([{ ...(await seal(desk, "current")), fingerprint: fingerprintOf(OTHER.publicKey) }]);
    await assert.rejects(open(desk, [OTHER.privateKey, PAIR.privateKey]), failsWith("EditedFingerprint", { hides }));
  });

  it("may sign elsewhere: then it gets the public id, and by which key to sign", async () => {
    const desk = newDesk();
    await desk.publish([await seal(desk, "current")]);
    const signer = (...publicKeys: string[]) =>
      openForSigner({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference, publicKeys });
    const key = await signer(OTHER.publicKey, PAIR.publicKey);
    assert.deepEqual([key.apiKey, key.fingerprint, "secret" in key], ["public-id-1", fingerprint, false]);
    for (const wrong of [[], [OTHER.publicKey], ["no key"]]) await assert.rejects(signer(...wrong), failsWith("WrongPrivateKey"));
    await desk.publish([await desk.seal(2, "current")]);
    await assert.rejects(signer(PAIR.publicKey), failsWith("WrongPrivateKey", { code: "HasSecret" }));
  });
});

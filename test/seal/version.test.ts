import assert from "node:assert/strict";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { Secret } from "../../providers/src/core/secret";
import { SCOPES } from "../../providers/src/core/words";
import { passphraseContextOf } from "../../providers/src/seal/context";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { type OpenVersion, openVersion, sealVersion } from "../../providers/src/seal/version";
import {
  anyContext,
  CONTEXT,
  carelessSealer,
  failsWith,
  IDENTITY,
  IDENTITY_NAMES,
  issued,
  removeTemporaryFolders,
  temporaryFolder,
  watchingSealer,
} from "./samples";

function localSealer() {
  return openSealer(`local://${join(temporaryFolder(), "key")}`, { environment: "production", env: {} });
}

describe("sealing a version", () => {
  afterEach(removeTemporaryFolders);

  it("opens to what was sealed, whatever it was", async () => {
    const sealer = localSealer();
    const text = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" });
    const optional = fc.option(text, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        anyContext,
        fc.nat(),
        fc.tuple(text, text, optional, fc.subarray([...SCOPES])),
        async (context, serial, rest) => {
          const { serial: _, ...identity } = context;
          const [apiKey, secret, passphrase, scopes] = rest;
          const version = issued({
            identity,
            serial,
            apiKey,
            scopes,
            secret: new Secret(secret),
            ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
          });
          const opened = await openVersion(sealer, await sealVersion(sealer, version), identity);
          assert.deepEqual({ ...opened, secret: 0, passphrase: 0 }, { ...version, secret: 0, passphrase: 0 });
          assert.equal(opened.secret?.reveal(), secret);
          assert.equal(opened.passphrase?.reveal(), passphrase);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("makes a pending version that repeats the public part and shows nothing else", async () => {
    const version = issued({ notAfter: "2026-04-02T00:00:00.000Z", passphrase: new Secret("a passphrase") });
    const sealer = localSealer();
    const { ciphertext, ...shown } = await sealVersion(sealer, version);
    assert.deepEqual(shown, {
      serial: 7,
      apiKey: "public-id-7",
      state: "pending",
      scopes: ["read", "spot"],
      issuedAt: "2026-01-02T03:04:05.000Z",
      notAfter: "2026-04-02T00:00:00.000Z",
      key: sealer.reference,
    });
    assert.ok(!Buffer.from(ciphertext, "base64").includes(version.secret.reveal()));
  });

  it("seals the documented plaintext under the seven values, and wipes its buffer", async () => {
    const sealer = watchingSealer();
    const version = issued({ notAfter: "2026-04-02T00:00:00.000Z", passphrase: new Secret("a passphrase") });
    await sealVersion(sealer, version);
    const [seen] = sealer.seen;
    assert.ok(seen !== undefined);
    assert.deepEqual(JSON.parse(seen.copy), {
      v: 1,
      ...IDENTITY,
      serial: 7,
      apiKey: "public-id-7",
      scopes: "read spot",
      issuedAt: "2026-01-02T03:04:05.000Z",
      notAfter: "2026-04-02T00:00:00.000Z",
      secret: version.secret.reveal(),
      password: "a passphrase",
    });
    assert.equal(
      seen.context,
      '{"account":"main","bot":"mm-1","exchange":"somewhere","name":"btc-mm","owner":"desk","serial":"7","subAccount":"sub-mm"}',
    );
    assert.ok(
      seen.buffer.every((byte) => byte === 0),
      "the plaintext is still in memory",
    );
  });

  it("takes nothing into the plaintext that has no place there", async () => {
    const sealer = watchingSealer();
    const identity = { ...IDENTITY, environment: "sandbox", scopes: "all" };
    await sealVersion(sealer, issued({ identity }));
    const names = ["v", ...Object.keys(IDENTITY), "serial", "apiKey", "scopes", "issuedAt", "secret"];
    const sealed: Record<string, unknown> = JSON.parse(sealer.seen[0]?.copy ?? "");
    assert.deepEqual(Object.keys(sealed).sort(), names.sort());
    assert.equal(sealed.scopes, "read spot");
  });

  it("seals up to 4095 bytes and refuses 4096, without asking the sealer", async () => {
    const sealer = watchingSealer();
    const secretOf = (length: number) => issued({ secret: new Secret("s".repeat(length)) });
    await sealVersion(sealer, secretOf(1));
    const rest = Buffer.byteLength(sealer.seen[0]?.copy ?? "") - 1;
    await sealVersion(sealer, secretOf(4095 - rest));
    await assert.rejects(
      sealVersion(sealer, secretOf(4096 - rest)),
      failsWith("SealFailed", { text: /4096 bytes/, hides: ["sssss"] }),
    );
    assert.equal(sealer.seen.length, 2);
  });
});

describe("opening a version", () => {
  afterEach(removeTemporaryFolders);

  it("does not take a passphrase that was sealed apart for a key, nor a key for a passphrase", async () => {
    const sealer = localSealer();
    const version = await sealVersion(sealer, issued());
    const ciphertext = await sealer.seal(Buffer.from("a passphrase"), passphraseContextOf(IDENTITY, 7));
    await assert.rejects(openVersion(sealer, { ...version, ciphertext }, IDENTITY), failsWith("WrongContext"));
    await assert.rejects(sealer.open(version.ciphertext, passphraseContextOf(IDENTITY, 7)), failsWith("WrongContext"));
  });

  for (const name of IDENTITY_NAMES) {
    it(`refuses another ${name}: by the context, and by the plaintext where the context was forged`, async () => {
      const version = issued();
      const hides = [version.secret.reveal()];
      const expected = { ...IDENTITY, [name]: "another" };
      const sealer = localSealer();
      const strict = openVersion(sealer, await sealVersion(sealer, version), expected);
      await assert.rejects(strict, failsWith("WrongContext", { code: "AuthenticationFailed", hides }));
      const forged = openVersion(carelessSealer, await sealVersion(carelessSealer, version), expected);
      await assert.rejects(forged, failsWith("WrongDocument", { hides }));
    });
  }

  const edits = {
    serial: ["SwappedVersion", { serial: 8 }],
    "serial, public id and dates": ["SwappedVersion", { serial: 8, apiKey: "public-id-8", issuedAt: "2026-01-03T03:04:05.000Z" }],
    "public id and date of issue": ["SwappedVersion", { apiKey: "public-id-8", issuedAt: "2026-01-03T03:04:05.000Z" }],
    apiKey: ["EditedPublicId", { apiKey: "public-id-8" }],
    "wider scopes": ["EditedScopes", { scopes: ["read", "spot", "transfer"] }],
    "narrower scopes": ["EditedScopes", { scopes: ["read"] }],
    issuedAt: ["EditedDates", { issuedAt: "2026-01-03T03:04:05.000Z" }],
    "a later notAfter": ["EditedDates", { notAfter: "2027-04-02T00:00:00.000Z" }],
    "no notAfter": ["EditedDates", { notAfter: undefined }],
    "both dates": ["EditedDates", { issuedAt: "2026-01-03T03:04:05.000Z", notAfter: undefined }],
    "public id and scopes": ["TamperedDocument", { apiKey: "public-id-8", scopes: ["read"] }],
    "scopes and dates": ["TamperedDocument", { scopes: ["read"], notAfter: undefined }],
  } as const;
  for (const [what, [kind, edit]] of Object.entries(edits)) {
    it(`refuses an edited public part: ${what}`, async () => {
      const version = issued({ notAfter: "2026-04-02T00:00:00.000Z" });
      const { notAfter, ...sealed } = { ...(await sealVersion(carelessSealer, version)), ...edit };
      const edited = { ...sealed, ...(notAfter === undefined ? {} : { notAfter }) };
      await assert.rejects(openVersion(carelessSealer, edited, IDENTITY), failsWith(kind, { hides: [version.secret.reveal()] }));
    });
  }

  const FINGERPRINTS = ["A".repeat(43), "B".repeat(43)] as const;

  /** A version of the bot's own key pair. */
  function withoutSecret(): OpenVersion {
    const { secret: _, ...version } = issued();
    return { ...version, fingerprint: FINGERPRINTS[0] };
  }

  it("seals a key that has no secret just the same: all that is public, and the fingerprint", async () => {
    const sealer = watchingSealer();
    assert.equal((await sealVersion(sealer, withoutSecret())).fingerprint, FINGERPRINTS[0]);
    const plaintext = JSON.parse(sealer.seen[0]?.copy ?? "");
    assert.deepEqual([plaintext.fingerprint, plaintext.apiKey, "secret" in plaintext], [FINGERPRINTS[0], "public-id-7", false]);
    const strict = localSealer();
    assert.deepEqual(await openVersion(strict, await sealVersion(strict, withoutSecret()), IDENTITY), withoutSecret());
  });

  it("refuses another fingerprint than the one sealed, one where a secret is, and none where there is one", async () => {
    const own = await sealVersion(carelessSealer, withoutSecret());
    const { fingerprint: _, ...bare } = own;
    const made = await sealVersion(carelessSealer, issued());
    const edited = [{ ...own, fingerprint: FINGERPRINTS[1] }, bare, { ...made, fingerprint: FINGERPRINTS[0] }];
    for (const version of edited) {
      const refused = failsWith("EditedFingerprint", { text: /fingerprint of version 7/ });
      await assert.rejects(openVersion(carelessSealer, version, IDENTITY), refused);
    }
  });

  it("does not mind the order of scopes", async () => {
    const sealed = await sealVersion(carelessSealer, issued({ scopes: ["read", "spot"] }));
    await openVersion(carelessSealer, { ...sealed, scopes: ["spot", "read"] }, IDENTITY);
  });

  const strangers = {
    "no JSON": "s3cret: not JSON",
    "not UTF-8": Buffer.from([0xff, 0xfe, 0x00]),
    "another format": JSON.stringify({ v: 2, secret: "s3cret" }),
    "neither secret nor fingerprint": JSON.stringify({ ...issued(), ...IDENTITY, scopes: "read", v: 1, secret: undefined }),
    "both of them": JSON.stringify({ ...issued(), ...IDENTITY, scopes: "read", v: 1, secret: "s3cret", fingerprint: "x" }),
    "no secret": JSON.stringify({ ...issued(), ...IDENTITY, scopes: "read", v: 1, secret: "" }),
    "a list": "[]",
  };
  for (const [what, plaintext] of Object.entries(strangers)) {
    it(`refuses a plaintext that is ${what}, without quoting it`, async () => {
      const sealer = localSealer();
      const ciphertext = await sealer.seal(Buffer.from(plaintext), CONTEXT);
      const version = { ...(await sealVersion(sealer, issued())), ciphertext };
      await assert.rejects(openVersion(sealer, version, IDENTITY), failsWith("TamperedDocument", { hides: ["s3cret"] }));
    });
  }

  it("wipes the plaintext, and gives a secret that does not print", async () => {
    const given: Uint8Array[] = [];
    const sealer = {
      ...carelessSealer,
      open: async (ciphertext: string) => {
        const plaintext = Buffer.from(ciphertext, "base64");
        given.push(plaintext);
        return plaintext;
      },
    };
    const version = issued({ passphrase: new Secret("a passphrase") });
    const opened = await openVersion(sealer, await sealVersion(sealer, version), IDENTITY);
    assert.ok(
      given[0]?.every((byte) => byte === 0),
      "the plaintext is still in memory",
    );
    for (const shown of [inspect(opened, { depth: 9, showHidden: true }), JSON.stringify(opened)]) {
      assert.ok(!shown.includes(version.secret.reveal()) && !shown.includes("a passphrase"));
    }
  });
});

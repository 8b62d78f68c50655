import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Secret } from "../../providers/src/core/secret";
import type { SealedDocument } from "../../providers/src/seal/document";
import { openLocalSealer } from "../../providers/src/seal/local";
import { documentSize, FIELDS, MAX_DOCUMENT_BYTES, parseDocument, writeDocument } from "../../providers/src/seal/parse-document";
import { STAMP_BYTES, stamped, stampKeyOf } from "../../providers/src/seal/stamp";
import { openVersion } from "../../providers/src/seal/version";
import { documentOf, failsWith, IDENTITY, removeTemporaryFolders, temporaryFolder } from "./samples";

/** As it was written: the formatter of this repository may break its lines elsewhere, but leaves the order of keys. */
const FIXTURE = `${JSON.stringify(JSON.parse(readFileSync(join(__dirname, "fixtures", "document-1.json"), "utf8")), null, 2)}\n`;

type Json = { [name: string]: Json } & { versions: Json[] };

function edited(edit: (document: Json) => void): string {
  const document: Json = JSON.parse(FIXTURE);
  edit(document);
  return JSON.stringify(document);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

describe("the document's format", () => {
  afterEach(removeTemporaryFolders);

  it("exchange-keys/1 is read, opened, and written as it was", async () => {
    const document = parseDocument(FIXTURE);
    assert.equal(writeDocument(document), FIXTURE);
    const path = join(temporaryFolder(), "key");
    writeFileSync(path, Buffer.alloc(32, 7).toString("base64"), { mode: 0o600 });
    for (const version of document.versions) {
      const opened = await openVersion(openLocalSealer(version.key, path), version, document.identity);
      assert.equal(opened.secret?.reveal(), `fixture-secret-${version.serial}`);
      assert.equal(opened.passphrase?.reveal(), `passphrase-${version.serial}`);
    }
    assert.deepEqual(
      document.versions.map(({ state }) => state),
      ["previous", "current", "pending"],
    );
  });

  it("is as its documentation shows it, with every field explained", () => {
    const docs = readFileSync(join(__dirname, "../../docs/document-format.md"), "utf8");
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(docs)?.[1] ?? "");
    assert.equal(writeDocument(parseDocument(JSON.stringify(example))), `${JSON.stringify(example, null, 2)}\n`);
    for (const name of FIELDS) assert.ok(docs.includes(`\`${name}\``) || docs.includes(`.${name}\``), `${name} is not explained`);
  });

  it("has one text for one content, and ends with a line break", () => {
    const shuffled = reversed(JSON.parse(FIXTURE)) as SealedDocument;
    assert.notEqual(JSON.stringify(shuffled), JSON.stringify(JSON.parse(FIXTURE)));
    assert.equal(writeDocument(shuffled), FIXTURE);
  });

  it("writes every field that can be read", () => {
    const [version] = parseDocument(FIXTURE).versions;
    assert.ok(version !== undefined);
    const passphrase = "c2VhbGVk";
    const identity = { ...IDENTITY, name: "former" };
    const intent = {
      serial: 2,
      label: "l",
      before: ["pub1", "pub0"],
      at: "2026-01-02T00:00:00.000Z",
      passphrase: { key: version.key, ciphertext: passphrase },
    };
    const full = documentOf([{ ...version, notAfter: "2026-04-02T00:00:00.000Z", unbound: true, passphrase, identity }], {
      intent,
      lastSerial: 2,
    });
    assert.deepEqual(parseDocument(writeDocument(full)), full);
  });

  it("counts bytes, not characters", () => {
    const document = documentOf([], { holder: "ä€" });
    assert.equal(documentSize(document), Buffer.byteLength(writeDocument(document)));
    assert.equal(documentSize(document), documentSize(documentOf([], { holder: "aaaaa" })));
  });

  it("leaves room for two versions, sealed by KMS with long names, in 4 kB", () => {
    const identity = { ...IDENTITY, account: "a".repeat(24), subAccount: "s".repeat(24), name: "n".repeat(24) };
    // 64 characters of secret, 32 of passphrase and the identity make some 560 bytes; KMS adds about 160.
    const sealed = { scopes: ["read", "spot"], issuedAt: "2026-01-01T00:00:00.000Z", ciphertext: "A".repeat(960) } as const;
    const key = `awskms://alias/${"k".repeat(40)}?region=eu-central-1`;
    const versions = [
      { ...sealed, serial: 1, apiKey: "p".repeat(64), state: "previous", key, retireAfter: "2026-01-01T00:00:00.000Z" },
      { ...sealed, serial: 2, apiKey: "p".repeat(64), state: "current", key, answers: "a".repeat(8) },
    ] as const;
    const lineage = { holder: "h".repeat(12), heldBefore: ["b".repeat(12)], seq: 9999 };
    const document = stamped(documentOf(versions, { identity, ...lineage }), stampKeyOf(new Secret("parent's")));
    assert.ok(documentSize(document) <= 4096, `${documentSize(document)} bytes`);
  });

  it("takes 71 bytes for its stamp, whatever it holds, and 12 for its first seq", () => {
    const key = stampKeyOf(new Secret("parent's"));
    for (const document of [documentOf([]), documentOf([], { holder: "h".repeat(900), seq: 123_456 })])
      assert.equal(documentSize(stamped(document, key)) - documentSize(document), 71);
    assert.equal(STAMP_BYTES, 71);
    assert.equal(documentSize(documentOf([], { seq: 1 })) - documentSize(documentOf([])), 12);
  });

  it("ignores fields that it does not know", () => {
    const text = edited((document) => {
      Object.assign(document, { comment: "hello" });
      Object.assign(document.versions[0] ?? {}, { comment: "hello" });
    });
    assert.equal(writeDocument(parseDocument(text)), FIXTURE);
  });

  for (const format of ["exchange-keys/2", "exchange-keys/17"]) {
    it(`asks for a newer release when it meets ${format}`, () => {
      const text = JSON.stringify({ format, whatever: true });
      assert.throws(() => parseDocument(text), failsWith("TamperedDocument", { code: "NewerFormat", text: /Upgrade/ }));
    });
  }

  const malformed: Record<string, { text: string; path: RegExp }> = {
    "not JSON": { text: "s3cret{", path: /not JSON/ },
    "an empty file": { text: "", path: /not JSON/ },
    "a cut file": { text: FIXTURE.slice(0, -20), path: /not JSON/ },
    "no object": { text: "null", path: /the whole/ },
    "another format": { text: edited((d) => Object.assign(d, { format: "sops/1" })), path: /format/ },
    "format 0": { text: edited((d) => Object.assign(d, { format: "exchange-keys/0" })), path: /format/ },
    "no identity": { text: edited((d) => delete d.identity), path: /identity/ },
    "an empty bot": { text: edited((d) => Object.assign(d.identity ?? {}, { bot: "" })), path: /identity\.bot/ },
    "a negative serial": { text: edited((d) => Object.assign(d.versions[0] ?? {}, { serial: -1 })), path: /versions\.0\.serial/ },
    "a text as serial": { text: edited((d) => Object.assign(d.versions[0] ?? {}, { serial: "1" })), path: /versions\.0\.serial/ },
    "an unknown state": {
      text: edited((d) => Object.assign(d.versions[1] ?? {}, { state: "spare" })),
      path: /versions\.1\.state/,
    },
    "an unknown scope": {
      text: edited((d) => Object.assign(d.versions[1] ?? {}, { scopes: ["all"] })),
      path: /versions\.1\.scopes\.0/,
    },
    "no time": { text: edited((d) => Object.assign(d.versions[1] ?? {}, { issuedAt: "today" })), path: /versions\.1\.issuedAt/ },
    "a null notAfter": {
      text: edited((d) => Object.assign(d.versions[0] ?? {}, { notAfter: null })),
      path: /versions\.0\.notAfter/,
    },
    "a ciphertext that is not base64": {
      text: edited((d) => Object.assign(d.versions[2] ?? {}, { ciphertext: "*" })),
      path: /versions\.2\.ciphertext/,
    },
    "one serial twice": { text: edited((d) => Object.assign(d.versions[1] ?? {}, { serial: 1 })), path: /versions\.1\.serial/ },
    "a serial above lastSerial": { text: edited((d) => Object.assign(d, { lastSerial: 2 })), path: /versions\.2\.serial/ },
    "two current versions": {
      text: edited((d) => Object.assign(d.versions[0] ?? {}, { state: "current" })),
      path: /two current/,
    },
    "a huge file": { text: " ".repeat(MAX_DOCUMENT_BYTES + 1), path: /larger than/ },
  };
  for (const [what, { text, path }] of Object.entries(malformed)) {
    it(`refuses ${what}, naming where`, () => {
      assert.throws(() => parseDocument(text), failsWith("TamperedDocument", { text: path, hides: ["s3cret"] }));
    });
  }

  it("refuses any other JSON with an error of its own", () => {
    fc.assert(fc.property(fc.json(), (text) => assert.throws(() => parseDocument(text), failsWith("TamperedDocument"))));
  });
});

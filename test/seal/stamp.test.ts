import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Secret } from "../../providers/src/core/secret";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { derivedPassphrase } from "../../providers/src/seal/derived-passphrase";
import { parseDocument, writeDocument } from "../../providers/src/seal/parse-document";
import { checkStamp, STAMP_BYTES, stamped, stampKeyOf, unstampedText, withoutStamp } from "../../providers/src/seal/stamp";
import { documentOf } from "./samples";

interface Vector {
  readonly what: string;
  readonly secret: string;
  readonly text: string;
  readonly stamp: string;
}

const VECTORS: readonly Vector[] = JSON.parse(readFileSync(join(__dirname, "fixtures", "stamps.json"), "utf8"));

const keyOf = (secret: string) => stampKeyOf(new Secret(secret));
const KEY = keyOf("not-real-parent-secret");
const OTHER = keyOf("not-real-other-secret");
const DOCUMENT = documentOf([], { holder: "holder", seq: 3 });
const TEXT = writeDocument(stamped(DOCUMENT, KEY));

describe("the stamp of a document", () => {
  it("is that of the vectors, which another language computed from the documentation", () => {
    assert.ok(VECTORS.length >= 3);
    for (const { what, secret, text, stamp } of VECTORS) {
      const key = keyOf(secret);
      assert.equal(`${key.by}.${key.mac(text)}`, stamp, what);
      const published = text.replace(/\n\}\n$/, `,\n  "stamp": "${stamp}"\n}\n`);
      assert.equal(checkStamp(published, [key]), "right", what);
      assert.equal(unstampedText(published), text, what);
    }
  });

  it("is the same in Python", function () {
    const { status, stdout, error } = spawnSync("python3", [join(__dirname, "stamp-vectors.py")], { encoding: "utf8" });
    if (error !== undefined && process.env.CI !== "true") this.skip();
    assert.equal(status, 0);
    assert.deepEqual(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      VECTORS.map(({ stamp }) => stamp),
    );
  });

  it("says whether it is right, wrong, of an unknown key, or not there", () => {
    assert.equal(checkStamp(TEXT, [KEY]), "right");
    assert.equal(checkStamp(TEXT, [OTHER, KEY]), "right", "the key of a replaced parent may be declared beside the present one");
    assert.equal(checkStamp(TEXT, [OTHER]), "unknown");
    assert.equal(checkStamp(unstampedText(TEXT), [KEY]), "none");
    assert.equal(checkStamp(TEXT.replace('"holder": "holder"', '"holder": "thief"'), [KEY]), "wrong");
    assert.equal(
      checkStamp(TEXT.replace(KEY.by, OTHER.by), [KEY, OTHER]),
      "wrong",
      "a stamp of one key under the name of another",
    );
    assert.equal(parseDocument(TEXT).stamp, stamped(DOCUMENT, KEY).stamp);
    assert.deepEqual(withoutStamp(parseDocument(TEXT)), DOCUMENT);
  });

  it("covers every character of the text: any edit makes it wrong, or not there", () => {
    const position = fc.nat({ max: TEXT.length - 1 });
    const character = fc.constantFrom("x", "0", " ", "\n", '"', "}", ",");
    fc.assert(
      fc.property(position, character, fc.boolean(), (at, put, replaces) => {
        const edited = TEXT.slice(0, at) + put + TEXT.slice(replaces ? at + 1 : at);
        fc.pre(edited !== TEXT);
        assert.notEqual(checkStamp(edited, [KEY]), "right");
      }),
      { numRuns: 1000 },
    );
    for (const addition of [" ", "\n", "{}", '{"stamp": "x"}']) assert.notEqual(checkStamp(TEXT + addition, [KEY]), "right");
  });

  it(`takes ${STAMP_BYTES} bytes`, () => {
    assert.equal(Buffer.byteLength(TEXT) - Buffer.byteLength(writeDocument(DOCUMENT)), STAMP_BYTES);
  });

  it("does not depend on how a private key in PEM is written down", () => {
    const pem = VECTORS.find(({ secret }) => secret.startsWith("-----BEGIN"))?.secret ?? "";
    const written = [pem.trimEnd(), pem.replaceAll("\n", "\r\n"), `${pem}\n`];
    assert.deepEqual(
      written.map((one) => keyOf(one).by),
      written.map(() => keyOf(pem).by),
    );
  });
});

describe("a passphrase that follows from the parent's secret", () => {
  const rules = DESCRIPTORS.flatMap(({ passphrase }) => (passphrase === undefined ? [] : [passphrase.value]));
  const subject = { hash: "abcdefghij", serial: 3 };
  const derived = (key = KEY, change: Partial<typeof subject> = {}) =>
    rules.map((rule) => derivedPassphrase(key, { ...subject, ...change }, rule).reveal());

  it("is as its exchange's rules have it", () => {
    assert.ok(rules.length > 0);
    fc.assert(
      fc.property(fc.nat(9999), fc.constantFrom(...rules), (serial, rule) => {
        const text = derivedPassphrase(KEY, { hash: "abcdefghij", serial }, rule).reveal();
        assert.equal(text.length, Math.max(rule.length, rule.sets.length));
        for (const set of rule.sets)
          assert.ok(
            [...text].some((character) => set.includes(character)),
            `${text}: ${set}`,
          );
        for (const character of text) assert.ok(rule.sets.join("").includes(character));
      }),
    );
  });

  it("is the same each time, and another for another parent, owner or serial", () => {
    assert.deepEqual(derived(), derived());
    for (const other of [derived(OTHER), derived(KEY, { serial: 4 }), derived(KEY, { hash: "jihgfedcba" })]) {
      for (const [at, text] of other.entries()) assert.notEqual(text, derived()[at]);
    }
  });

  it("uses all characters about equally often", () => {
    const rule = { length: 32, sets: ["abcdefghijklmnopqrstuvwxyz0123456789"] };
    const counts = new Map<string, number>();
    for (let serial = 0; serial < 500; serial += 1)
      for (const character of derivedPassphrase(KEY, { hash: "h", serial }, rule).reveal())
        counts.set(character, (counts.get(character) ?? 0) + 1);
    const mean = (500 * 32) / 36;
    assert.equal(counts.size, 36);
    for (const [character, count] of counts) assert.ok(Math.abs(count - mean) < mean * 0.25, `${character}: ${count}`);
  });
});

import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { declaredFingerprint, fingerprintOf, readPublicKey } from "../../providers/src/core/public-key";
import { publicKeyProblems, withCanonicalKey } from "../../providers/src/core/public-key-problems";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { newKeyPair } from "../exchanges/key-pair";

const ED25519 = newKeyPair();
const PEM = ED25519.publicKey.trimEnd();

function problemOf(text: string): string | undefined {
  const key = readPublicKey(text);
  return "problem" in key ? key.problem : undefined;
}

describe("a declared public key", () => {
  for (const algorithm of ["ed25519", "rsa-2048", "rsa-4096"] as const) {
    it(`is read as ${algorithm}, with the hash of its DER as fingerprint`, () => {
      const { publicKey } = newKeyPair(algorithm);
      const der = createPublicKey(publicKey).export({ type: "spki", format: "der" });
      const fingerprint = createHash("sha256").update(der).digest("base64url");
      assert.deepEqual(readPublicKey(publicKey), { algorithm, pem: publicKey.trimEnd(), fingerprint });
      assert.match(fingerprint, /^[\w-]{43}$/);
    });
  }

  it("has one form, however it is written", () => {
    const [head = "", body = "", foot = ""] = PEM.split("\n");
    const broken = [head, body.slice(0, 20), body.slice(20), foot].join("\n");
    for (const text of [PEM, `${PEM}\n`, `\n  ${PEM}\n\n`, PEM.replaceAll("\n", "\r\n"), broken]) {
      assert.deepEqual(withCanonicalKey({ publicKey: text, name: "mm" }), { publicKey: PEM, name: "mm" });
    }
    assert.equal(fingerprintOf(PEM), fingerprintOf(`${PEM}\n`));
  });

  it("is left as it is while it is unknown or no key, and may be absent", () => {
    for (const inputs of [{ publicKey: UNKNOWN }, { publicKey: "no key" }, { publicKey: 7 }, {}]) {
      assert.equal(withCanonicalKey(inputs), inputs);
    }
    assert.equal(declaredFingerprint({}), undefined);
  });

  const secrets: readonly (readonly [string, string])[] = [
    ["PKCS#8", ED25519.privateKey],
    ["PKCS#8 behind the public half", `${PEM}\n${ED25519.privateKey}`],
    [
      "PKCS#1",
      generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    ],
    ["SEC 1", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }).toString()],
    ["OpenSSH's form", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"],
  ];
  for (const [form, text] of secrets) {
    it(`is refused when it is a private one, as ${form}, and not quoted`, () => {
      const problem = problemOf(text) ?? "";
      assert.match(problem, /^holds a PRIVATE key: make a new pair/);
      for (const line of text.split("\n").filter((part) => part.length > 10)) assert.ok(!problem.includes(line));
    });
  }

  it("is refused when it is none, or of a kind that no exchange takes", () => {
    const none = /^is not a public key in PEM/;
    const pkcs8 = ED25519.privateKey.split("\n")[1] ?? "";
    const disguised = `-----BEGIN PUBLIC KEY-----\n${pkcs8}\n-----END PUBLIC KEY-----`;
    for (const text of [
      "",
      "ssh-ed25519 AAAA",
      PEM.split("\n")[1] ?? "",
      PEM.replace("MCow", "MCoA"),
      disguised,
      pkcs8,
      `${PEM}\n${PEM}`,
    ]) {
      assert.match(problemOf(text) ?? "", none);
      assert.ok(!(problemOf(text) ?? "").includes(pkcs8));
    }
    const spki = { type: "spki", format: "pem" } as const;
    const pairs = [
      generateKeyPairSync("rsa", { modulusLength: 1024 }),
      generateKeyPairSync("ec", { namedCurve: "P-256" }),
      generateKeyPairSync("x25519"),
    ];
    for (const { publicKey } of pairs) {
      assert.match(problemOf(publicKey.export(spki).toString()) ?? "", /^is of another kind than ed25519, rsa-2048, rsa-4096$/);
    }
  });

  it("is refused where the exchange takes other kinds, by name; an unknown one has no problem yet", () => {
    const taking = DESCRIPTORS.find(({ publicKeys }) => publicKeys !== undefined) ?? assert.fail();
    const { publicKeys: facts = assert.fail() } = taking;
    const only = { ...taking, publicKeys: { ...facts, value: facts.value.filter(({ algorithm }) => algorithm === "ed25519") } };
    assert.deepEqual(publicKeyProblems(newKeyPair("rsa-2048").publicKey, only, DESCRIPTORS), [
      { property: "publicKey", reason: `is rsa-2048, and ${taking.title} takes ed25519` },
    ]);
    const { publicKeys: _, ...without } = taking;
    for (const descriptor of [taking, without]) {
      for (const free of [UNKNOWN, undefined]) assert.deepEqual(publicKeyProblems(free, descriptor, DESCRIPTORS), []);
    }
    assert.deepEqual(publicKeyProblems(PEM, taking, DESCRIPTORS), []);
    assert.equal(publicKeyProblems(PEM, without, [without])[0]?.reason.endsWith("at no exchange"), true);
  });
});

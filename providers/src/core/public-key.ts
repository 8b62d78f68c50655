import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** Kinds of key pairs whose public half an exchange may take in place of a secret that it makes. */
export const KEY_ALGORITHMS = ["ed25519", "rsa-2048", "rsa-4096"] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/** A public key of the caller. Its private half is nowhere in this package but in a bot that signs with it. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** SPKI in PEM, in the one form that OpenSSL writes, without a line break at the end. */
  readonly pem: string;
  /** See {@link fingerprintOf}. */
  readonly fingerprint: string;
}

const LONGEST = 2000;
const FORM = /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----$/;
const MAKE = "make one with: openssl pkey -in <private key> -pubout";

/** Reads a declared public key. @returns what it is, or a phrase that follows the name of a property and never quotes what was declared */
export function readPublicKey(text: string): PublicKey | { readonly problem: string } {
  if (/PRIVATE KEY/i.test(text)) {
    const problem =
      "holds a PRIVATE key: make a new pair, since this one has been where it should not, and declare its public half only";
    return { problem };
  }
  const tidy = text.replaceAll("\r\n", "\n").trim();
  const key = tidy.length <= LONGEST && FORM.test(tidy) ? parse(tidy) : undefined;
  if (key === undefined) return { problem: `is not a public key in PEM (-----BEGIN PUBLIC KEY-----); ${MAKE}` };
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) return { problem: `is of another kind than ${KEY_ALGORITHMS.join(", ")}` };
  const pem = key.export({ type: "spki", format: "pem" }).toString().trimEnd();
  return { algorithm, pem, fingerprint: fingerprintOf(pem) };
}

/** SHA-256 of the key's SPKI in DER, base64url: 43 characters. @param pem in canonical form, as check makes it */
export function fingerprintOf(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
  return createHash("sha256").update(der).digest("base64url");
}

/** The fingerprint of what is declared. `undefined` when the exchange is to make a secret. */
export function declaredFingerprint({ publicKey }: { readonly publicKey?: string }): string | undefined {
  return publicKey === undefined ? undefined : fingerprintOf(publicKey);
}

/** The parser's own error goes no further. */
function parse(pem: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: pem, format: "pem", type: "spki" });
  } catch {
    return undefined;
  }
}

function algorithmOf(key: KeyObject): KeyAlgorithm | undefined {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType !== "rsa") return undefined;
  return KEY_ALGORITHMS.find((name) => name === `rsa-${key.asymmetricKeyDetails?.modulusLength}`);
}

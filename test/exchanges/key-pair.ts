import { generateKeyPairSync } from "node:crypto";
import type { KeyAlgorithm } from "../../providers/src/core/public-key";

/** A bot's own key pair, as OpenSSL would write it. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const publicKeyEncoding = { type: "spki", format: "pem" } as const;
const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;

/** RSA takes seconds, so of each length there are two in turn. */
const made = new Map<KeyAlgorithm, readonly [KeyPair, KeyPair]>();

export function newKeyPair(algorithm: KeyAlgorithm = "ed25519"): KeyPair {
  if (algorithm === "ed25519") return generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
  const modulusLength = Number(algorithm.replace("rsa-", ""));
  const generate = () => generateKeyPairSync("rsa", { modulusLength, publicKeyEncoding, privateKeyEncoding });
  const [one, other] = made.get(algorithm) ?? [generate(), generate()];
  made.set(algorithm, [other, one]);
  return one;
}

import { generateKeyPairSync } from "node:crypto";
import type { KeyAlgorithm } from "../../providers/src/core/public-key";

/** A bot's own key pair, as OpenSSL would write it. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export function newKeyPair(algorithm: KeyAlgorithm = "ed25519"): KeyPair {
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
  if (algorithm === "ed25519") return generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding });
  const modulusLength = Number(algorithm.replace("rsa-", ""));
  return generateKeyPairSync("rsa", { modulusLength, publicKeyEncoding, privateKeyEncoding });
}

import { generateKeyPairSync, type KeyObject } from "node:crypto";

/** `ES256` is ECDSA on P-256, `EdDSA` Ed25519. */
export const ALGORITHMS = ["ES256", "EdDSA"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface KeyPair {
  readonly algorithm: Algorithm;
  readonly publicKey: KeyObject;
  /** As the portal shows it once: a PEM text, or seed and public key as 88 characters of base64. */
  readonly secret: string;
}

export function makeKeyPair(algorithm: Algorithm): KeyPair {
  if (algorithm === "ES256") {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return { algorithm, publicKey, secret: privateKey.export({ type: "sec1", format: "pem" }).toString().trimEnd() };
  }
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const secret = Buffer.concat([Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]).toString("base64");
  return { algorithm, publicKey, secret };
}

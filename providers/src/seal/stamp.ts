import { createHmac, createPrivateKey, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Secret } from "../core/secret";
import type { SealedDocument } from "./document";
import { writeDocument } from "./parse-document";

const SALT = "exchange-keys/stamp/1";
const ID_BYTES = 9;
const KEY_BYTES = 32;

/** The last line of a stamped text. What stands before it is what the stamp covers. */
const STAMP_LINE = /,\n {2}"stamp": "([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})"\n\}\n$/;
/** Bytes that a stamp takes in a document. */
export const STAMP_BYTES = Buffer.byteLength(',\n  "stamp": "') + 12 + 1 + 43 + 1;
const END = "\n}\n";

/**
 * What a deployer signs its documents with. It is derived from the secret of the parent credential, so whoever may end the keys anyway can
 * make a stamp, and nobody else can.
 */
export interface StampKey {
  /** Names the key without telling anything of it: 9 bytes, base64url. */
  readonly by: string;
  /** HMAC-SHA-256 of a text, base64url. */
  mac(text: string): string;
  /** Bytes for another purpose, the same whenever they are asked for. */
  derive(purpose: string, bytes: number): Buffer;
}

/** What a text's stamp is worth. `unknown`: made with a key that is not at hand. `none`: there is no stamp. */
export type StampCheck = "right" | "wrong" | "unknown" | "none";

/**
 * The stamp key of a credential's secret. A private key in PEM counts by its DER, so that line ends and white space do not matter.
 * The public id and the passphrase of a credential are no part of it.
 */
export function stampKeyOf(secret: Secret): StampKey {
  const material = materialOf(secret.reveal());
  const derive = (purpose: string, bytes: number): Buffer => Buffer.from(hkdfSync("sha256", material, SALT, purpose, bytes));
  const key = derive("mac", KEY_BYTES);
  return {
    by: derive("id", ID_BYTES).toString("base64url"),
    mac: (text) => createHmac("sha256", key).update(text).digest("base64url"),
    derive,
  };
}

/** The same document with the stamp of `key`. */
export function stamped(document: SealedDocument, key: StampKey): SealedDocument {
  const plain = withoutStamp(document);
  return { ...plain, stamp: `${key.by}.${key.mac(writeDocument(plain))}` };
}

export function withoutStamp(document: SealedDocument): SealedDocument {
  const { stamp: _, ...plain } = document;
  return plain;
}

/** A published text without the line of its stamp. Fields of a newer release stay in it. */
export function unstampedText(text: string): string {
  return text.replace(STAMP_LINE, END);
}

/** Compares in constant time. @param keys those at hand: the one that stamps, and others that are believed */
export function checkStamp(text: string, keys: readonly StampKey[]): StampCheck {
  const [, by, mac = ""] = STAMP_LINE.exec(text) ?? [];
  if (by === undefined) return "none";
  const key = keys.find((one) => one.by === by);
  if (key === undefined) return "unknown";
  return timingSafeEqual(Buffer.from(key.mac(unstampedText(text))), Buffer.from(mac)) ? "right" : "wrong";
}

function materialOf(secret: string): Buffer {
  if (!secret.startsWith("-----BEGIN ")) return Buffer.from(secret);
  return createPrivateKey(secret).export({ format: "der", type: "pkcs8" });
}

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { KeyError } from "../core/errors";
import { fingerprintOf } from "../core/public-key";
import { Secret } from "../core/secret";
import type { OpenVersion } from "../seal/version";

/** Private keys in PEM, unencrypted. */
export type PrivateKeys = string | readonly string[];
/** Private keys, or a function that gets them when they are needed. */
export type PrivateKeySource = PrivateKeys | (() => PrivateKeys | Promise<PrivateKeys>);

/**
 * The private key that belongs to the version's public key, as PKCS#8 in PEM: the form that ccxt knows.
 * @throws KeyError `WrongPrivateKey`, which quotes none of the keys. Code `NoPrivateKey` when none was given
 */
export async function privateKeyOf(version: OpenVersion, source: PrivateKeySource | undefined): Promise<Secret> {
  const { serial, fingerprint = "" } = version;
  const given = [typeof source === "function" ? await source() : (source ?? [])].flat();
  if (given.length === 0) {
    throw wrongPrivateKey({
      message: `version ${serial} has no secret: it belongs to the key pair ${fingerprint}, and no private key was given`,
      code: "NoPrivateKey",
      hint: "Give the bot's own private key as privateKey.",
    });
  }
  const keys = given.flatMap((pem) => readPrivateKey(pem) ?? []);
  const own = keys.find((key) => fingerprintOfPair(key) === fingerprint);
  if (own !== undefined) return new Secret(own.export({ type: "pkcs8", format: "pem" }).toString());
  const unread = given.length - keys.length;
  throw wrongPrivateKey({
    message: `none of ${given.length} private keys belongs to the key pair ${fingerprint} of version ${serial}${unread === 0 ? "" : `; ${unread} cannot be read`}`,
    hint: "Give the private key whose public half is declared. During a rotation give the old and the new one.",
  });
}

export function wrongPrivateKey(facts: { readonly message: string; readonly code?: string; readonly hint: string }): KeyError {
  return new KeyError({ kind: "WrongPrivateKey", ...facts });
}

function fingerprintOfPair(key: KeyObject): string {
  return fingerprintOf(createPublicKey(key).export({ type: "spki", format: "pem" }).toString());
}

/** The parser's own error goes no further. */
function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

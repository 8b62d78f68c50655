import { inspect } from "node:util";
import type { Secret } from "../core/secret";
import type { Scope } from "../core/words";
import type { OpenVersion } from "../seal/version";

/**
 * An opened key, named as ccxt names credentials: `new ccxt.exchange(key)` takes it as it is.
 *
 * `secret` and `password` are plain strings, because whatever signs with them needs plain strings; spreading or copying the object
 * copies them. Printing it or turning it into JSON shows `[secret]` instead.
 */
export interface OpenedKey {
  readonly apiKey: string;
  /** Where {@link fingerprint} is there: the bot's own private key, PKCS#8 in PEM. */
  readonly secret: string;
  /** Passphrase, on exchanges that have one. */
  readonly password?: string;
  /** Of the public key that the exchange knows: SHA-256 of its SPKI, base64url. Absent where the exchange made the secret. */
  readonly fingerprint?: string;
  readonly serial: number;
  readonly scopes: readonly Scope[];
  /** ISO time. */
  readonly issuedAt: string;
  /** ISO time at which the exchange stops honouring the key, if it does. */
  readonly notAfter?: string;
}

const REDACTED = "[secret]";

/** The public facts of an opened version. */
export function factsOf(version: OpenVersion): Omit<OpenedKey, "secret" | "password"> {
  const { apiKey, fingerprint, serial, scopes, issuedAt, notAfter } = version;
  const signer = fingerprint === undefined ? {} : { fingerprint };
  return { apiKey, ...signer, serial, scopes: [...scopes], issuedAt, ...(notAfter === undefined ? {} : { notAfter }) };
}

/** @param secret what the bot signs with: the version's own, or the private key that belongs to its public key */
export function openedKey(version: OpenVersion, secret: Secret): OpenedKey {
  const { passphrase } = version;
  const { apiKey, ...facts } = factsOf(version);
  const shown = { apiKey, secret: REDACTED, ...(passphrase === undefined ? {} : { password: REDACTED }), ...facts };
  const key: OpenedKey = {
    apiKey,
    secret: secret.reveal(),
    ...(passphrase === undefined ? {} : { password: passphrase.reveal() }),
    ...facts,
  };
  // Not enumerable: ccxt copies every property that it can see.
  Object.defineProperty(key, "toJSON", { value: () => shown });
  Object.defineProperty(key, inspect.custom, { value: () => shown });
  return Object.freeze(key);
}

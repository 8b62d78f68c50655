import { inspect } from "node:util";
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
  readonly secret: string;
  /** Passphrase, on exchanges that have one. */
  readonly password?: string;
  readonly serial: number;
  readonly scopes: readonly Scope[];
  /** ISO time. */
  readonly issuedAt: string;
  /** ISO time at which the exchange stops honouring the key, if it does. */
  readonly notAfter?: string;
}

const REDACTED = "[secret]";

export function openedKey(version: OpenVersion): OpenedKey {
  const { apiKey, serial, scopes, issuedAt, notAfter, secret, passphrase } = version;
  const facts = { serial, scopes: [...scopes], issuedAt, ...(notAfter === undefined ? {} : { notAfter }) };
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

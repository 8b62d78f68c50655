import { inspect } from "node:util";
import type { Secret } from "../core/secret";
import type { Scope } from "../core/words";
import type { OpenVersion } from "../seal/version";

/** What ccxt calls credentials, as a plain object. Whatever prints, copies or serialises it has the secret. */
export interface CcxtCredentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly password?: string;
}

/**
 * An opened key. `new ccxt.exchange({ ...key.toCcxt(), … })` takes it, and so do `new ccxt.exchange(key)` and `{ ...key, … }`.
 *
 * Printing the key, by any options of `util.inspect` and `console.dir`, or turning it into JSON, shows `[secret]`. `structuredClone`, a message to
 * a worker and `v8.serialize` refuse it. These still show the secret:
 *
 * - reading `secret` and `password`, as every signer must
 * - every copy by spread, `Object.assign` or `Object.entries`, and `console.table`, which copies
 * - what `toCcxt()` returns
 * - a client made of it, such as an exchange of ccxt, when somebody prints the client
 * - a debugger, and a dump of the process's memory
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
  /** The credentials alone, for ccxt. */
  toCcxt(): CcxtCredentials;
}

const REDACTED = "[secret]";

/** What may be known of an opened key. */
export type Facts = Omit<OpenedKey, "secret" | "password" | "toCcxt">;

/** The public facts of an opened version. */
export function factsOf(version: OpenVersion): Facts {
  const { apiKey, fingerprint, serial, scopes, issuedAt, notAfter } = version;
  const signer = fingerprint === undefined ? {} : { fingerprint };
  return { apiKey, ...signer, serial, scopes: [...scopes], issuedAt, ...(notAfter === undefined ? {} : { notAfter }) };
}

/** @param secret what the bot signs with: the version's own, or the private key that belongs to its public key */
export function openedKey(version: OpenVersion, secret: Secret): OpenedKey {
  const { passphrase } = version;
  const { apiKey, ...facts } = factsOf(version);
  const shown = { apiKey, secret: REDACTED, ...(passphrase === undefined ? {} : { password: REDACTED }), ...facts };
  const credentials = (): CcxtCredentials => ({
    apiKey,
    secret: secret.reveal(),
    ...(passphrase === undefined ? {} : { password: passphrase.reveal() }),
  });
  return hiding(shown, credentials);
}

/**
 * An object that holds what may be shown, and answers with the secrets when it is asked for them. It is a proxy, because printers look at what
 * is behind a proxy, where no secret is, while clones of one are refused.
 */
function hiding(shown: Omit<OpenedKey, "toCcxt">, credentials: () => CcxtCredentials): OpenedKey {
  const hidden = new Map<PropertyKey, () => unknown>([["secret", () => credentials().secret]]);
  if (shown.password !== undefined) hidden.set("password", () => credentials().password);
  const key: OpenedKey = { ...shown, toCcxt: credentials };
  // Getters: of a frozen value a proxy may say nothing else than what it is.
  for (const name of hidden.keys()) Object.defineProperty(key, name, { get: () => REDACTED });
  // Not enumerable: ccxt copies every property that it can see.
  Object.defineProperty(key, "toCcxt", { enumerable: false });
  Object.defineProperty(key, "toJSON", { value: () => shown });
  Object.defineProperty(key, inspect.custom, { value: () => shown });
  return new Proxy(Object.freeze(key), {
    get: (target, name) => (hidden.get(name) ?? (() => Reflect.get(target, name)))(),
  });
}

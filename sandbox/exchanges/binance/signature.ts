import { createHmac, type KeyObject, verify } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call, World } from "../../exchange";
import type { KeyRecord, KeyStore } from "../../key-store";
import { refuse, refuseStanding } from "./errors";

const DEFAULT_WINDOW = 5000;
const LARGEST_WINDOW = 60_000;
/** A timestamp may be ahead of the server by less than this. */
const AHEAD = 1000;
const KEY_FORM = /^[A-Za-z0-9]{64}$/;
const SIGNATURE = /(?:^|&)signature=([^&]*)$/;
/** Everything else has to be percent-encoded, a space as `+` or `%20`. */
const ENCODED = /^[A-Za-z0-9\-._~!'()*%+&=]*$/;

/** What a call says, decoded: `timestamp`, `recvWindow` and `signature` are not part of it. */
export type Params = ReadonlyMap<string, string>;

/** What keys of every family at Binance have. */
export interface FamilyKey extends KeyRecord {
  readonly flags: readonly string[];
  /** False lets every address in, whatever the list holds: opening a key does not empty its list. */
  readonly bound: boolean;
  /** Registered in place of a secret, which is then empty. */
  readonly publicKey?: KeyObject;
}

/** What a call is proven against. */
export interface Known<Key extends FamilyKey> {
  readonly world: World;
  readonly keys: KeyStore<Key>;
}

/** What a proven call is worth: whose it is, and what it says. */
export interface Proven<Key extends FamilyKey> {
  readonly key: Key;
  readonly params: Params;
}

/** Whose call this is, and what it says. @throws Refusal when it is not proven, late, or from an address the key does not know */
export function authenticate<Key extends FamilyKey>(call: Call, state: Known<Key>): Proven<Key> {
  const apiKey = call.headers.get("x-mbx-apikey") ?? "";
  if (!KEY_FORM.test(apiKey)) throw refuse("keyMalformed", "API-key format invalid.");
  const params = readParams(call);
  checkTime(params, state.world.clock.now());
  const key = state.keys.served(apiKey);
  if (key === undefined) throw refuseStanding();
  checkSignature(call, key);
  if (key.bound && !isListed(call.callerAddress, key.ips)) throw refuseStanding();
  for (const name of ["timestamp", "recvWindow", "signature"]) params.delete(name);
  return { key, params };
}

/** A name that is in both is taken from the query. */
function readParams(call: Call): Map<string, string> {
  return new Map([...new URLSearchParams(call.body), ...new URLSearchParams(call.query)]);
}

/** The signed text is query and body, one after the other, without the signature at its end. */
function checkSignature({ query, body }: Call, key: FamilyKey): void {
  const text = query.replace(SIGNATURE, "") + body.replace(SIGNATURE, "");
  const given = (SIGNATURE.exec(body) ?? SIGNATURE.exec(query))?.[1];
  if (given === undefined) throw mandatory("signature");
  if (ENCODED.test(text) && isSigned(text, given, key)) return;
  throw refuse("signature", "Signature for this request is not valid.");
}

/** A secret signs in hexadecimal; a private key in base64, whose signs are percent-encoded. */
function isSigned(text: string, given: string, { secret, publicKey }: FamilyKey): boolean {
  if (publicKey === undefined) return given.toLowerCase() === createHmac("sha256", secret).update(text).digest("hex");
  if (!/^(?:[A-Za-z0-9]|%2[BF]|%3D)+$/i.test(given)) return false;
  const algorithm = publicKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(algorithm, Buffer.from(text), publicKey, Buffer.from(decodeURIComponent(given), "base64"));
}

function checkTime(params: Params, now: number): void {
  const timestamp = params.get("timestamp") ?? "";
  if (timestamp === "") throw mandatory("timestamp");
  if (!/^[0-9]{13}([0-9]{3})?$/.test(timestamp)) throw illegal("timestamp");
  const window = params.get("recvWindow") ?? String(DEFAULT_WINDOW);
  if (!/^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(window)) throw illegal("recvWindow");
  if (Number(window) > LARGEST_WINDOW) throw refuse("window", "recvWindow must be less than 60000.");
  // Thirteen digits are milliseconds, sixteen are microseconds.
  const at = Number(timestamp.slice(0, 13));
  if (at >= now + AHEAD) throw refuse("timestamp", "Timestamp for this request was 1000ms ahead of the server's time.");
  if (now - at > Number(window)) throw refuse("timestamp", "Timestamp for this request is outside of the recvWindow.");
}

export function mandatory(name: string): Error {
  return refuse("missing", `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
}

export function illegal(name: string): Error {
  return refuse("illegal", `Illegal characters found in parameter '${name}'.`);
}

import { createHash, createHmac } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { refuse, refuseSomehow } from "./errors";
import type { GateKey, GateState } from "./state";

/** A timestamp may be off by this many seconds, either way. */
const WINDOW = 60;

/** Whose call this is. @throws Refusal when it is not proven, late, or from an address the key does not know */
export function authenticate(call: Call, state: GateState): GateKey {
  const apiKey = header(call, "KEY");
  const timestamp = header(call, "Timestamp");
  const sign = header(call, "SIGN");
  const key = state.keys.get(apiKey);
  if (key === undefined || !state.isUsable(key)) throw refuse("keyUnknown", "Invalid key provided");
  checkTime(timestamp, state);
  const text = [call.method, call.path, decoded(call.query), digest(call.body), timestamp].join("\n");
  const expected = createHmac("sha512", key.secret).update(text).digest("hex");
  if (sign !== expected) throw refuse("signature", "Signature mismatch");
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) {
    throw refuse("address", `Request IP not in whitelist: ${call.callerAddress}`);
  }
  return key;
}

function header(call: Call, name: string): string {
  const value = call.headers.get(name) ?? "";
  if (value === "") throw refuse("header", `Missing required header: ${name}`);
  return value;
}

/** Seconds; the official SDK for Node sends fractions of them too. */
function checkTime(timestamp: string, { world }: GateState): void {
  const seconds = /^[0-9]{1,12}(\.[0-9]{1,9})?$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (Math.abs(world.clock.now() / 1000 - seconds) <= WINDOW) return;
  throw refuseSomehow("timestamp", "gap between request Timestamp and server time exceeds 60", world.random);
}

/** The query is signed as it was before it was percent-encoded. */
function decoded(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    throw refuse("signature", "Signature mismatch");
  }
}

function digest(body: string): string {
  return createHash("sha512").update(body).digest("hex");
}

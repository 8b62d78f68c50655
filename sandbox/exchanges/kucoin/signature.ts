import { createHmac } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { refuse } from "./errors";
import type { KucoinKey, KucoinState } from "./state";

/** A timestamp may be off by this much, either way. */
const WINDOW = 5000;
/** Keys made today have version 3; both versions sign the passphrase. */
const VERSIONS = ["2", "3"];

/** Whose call this is. @throws Refusal when it is not proven, late, or from an address the key does not know */
export function authenticate(call: Call, state: KucoinState): KucoinKey {
  const headers = readHeaders(call);
  if (!VERSIONS.includes(headers.version)) throw refuse("version", "KC-API-KEY-VERSION is invalid");
  checkTime(headers.timestamp, state.world.clock.now());
  const key = state.keys.served(headers.apiKey);
  if (key === undefined) throw refuse("keyUnknown", "KC-API-KEY not exists");
  const sign = (text: string) => createHmac("sha256", key.secret).update(text).digest("base64");
  if (headers.sign !== sign(headers.timestamp + call.method + plainTarget(call) + call.body)) {
    throw refuse("signature", "Invalid KC-API-SIGN");
  }
  if (headers.passphrase !== sign(key.passphrase)) throw refuse("passphrase", "Invalid KC-API-PASSPHRASE");
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) {
    throw refuse("address", `Invalid request ip, the current clientIp is:${call.callerAddress}`);
  }
  return key;
}

/** Signed is the target as it was before percent-encoding. */
function plainTarget({ path, query }: Call): string {
  if (query === "") return path;
  try {
    return `${path}?${decodeURIComponent(query)}`;
  } catch {
    throw refuse("header", "Invalid URL");
  }
}

interface ProofHeaders {
  readonly apiKey: string;
  readonly sign: string;
  readonly timestamp: string;
  readonly passphrase: string;
  readonly version: string;
}

function readHeaders(call: Call): ProofHeaders {
  const read = (name: string): string => {
    const value = call.headers.get(name) ?? "";
    if (value === "") throw refuse("header", `Please check the header of your request for ${name}`);
    return value;
  };
  return {
    apiKey: read("KC-API-KEY"),
    sign: read("KC-API-SIGN"),
    timestamp: read("KC-API-TIMESTAMP"),
    passphrase: read("KC-API-PASSPHRASE"),
    version: read("KC-API-KEY-VERSION"),
  };
}

function checkTime(timestamp: string, now: number): void {
  const inTime = /^[0-9]{13}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= WINDOW;
  if (!inTime) throw refuse("time", "KC-API-TIMESTAMP Invalid");
}

import { createHmac } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { refuse } from "./errors";
import type { BybitKey, BybitState } from "./state";

const DEFAULT_WINDOW = 5000;
/** A timestamp may be ahead of the server by less than this. */
const AHEAD = 1000;

/** Whose call this is. @throws Refusal when it is not proven, late, expired, or from an address the key does not know */
export function authenticate(call: Call, state: BybitState): BybitKey {
  const apiKey = call.headers.get("x-bapi-api-key") ?? "";
  const timestamp = call.headers.get("x-bapi-timestamp") ?? "";
  const sign = call.headers.get("x-bapi-sign") ?? "";
  if (apiKey === "" || timestamp === "" || sign === "") throw refuse("authHeaderMissing", "auth headers are missing");
  const key = state.keys.get(apiKey);
  if (key === undefined || state.keys.standing(apiKey) === "disabled") throw refuse("keyUnknown", "API key is invalid.");
  const window = call.headers.get("x-bapi-recv-window") ?? "";
  checkTime(timestamp, window, state.world.clock.now());
  const text = timestamp + apiKey + window + (call.method === "GET" ? call.query : call.body);
  const expected = createHmac("sha256", key.secret).update(text).digest("hex");
  if (sign !== expected) throw refuse("signature", "error sign! please check your signature generation algorithm.");
  if (state.isExpired(key)) throw refuse("expired", "Your api key has expired.");
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) throw refuse("address", "Unmatched IP.");
  return key;
}

function checkTime(timestamp: string, window: string, now: number): void {
  if (!/^[0-9]{1,15}$/.test(timestamp)) throw refuse("parameter", "timestamp is not a number of milliseconds");
  if (!/^[0-9]{0,9}$/.test(window)) throw refuse("parameter", "recv_window is not a number of milliseconds");
  const at = Number(timestamp);
  const width = window === "" ? DEFAULT_WINDOW : Number(window);
  if (now - width <= at && at < now + AHEAD) return;
  const times = `req_timestamp[${at}],server_timestamp[${now}],recv_window[${width}]`;
  throw refuse("timestamp", `invalid request, please check your server timestamp or recv_window param. ${times}`);
}

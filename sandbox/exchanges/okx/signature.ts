import { createHmac } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { refuse } from "./errors";
import type { OkxKey, OkxState } from "./state";

/** A timestamp may be off by this much, either way. */
const WINDOW = 30_000;
const ISO_MILLISECONDS = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const KEY_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whose call this is. @throws Refusal when it is not proven, late, or from an address the key does not know */
export function authenticate(call: Call, state: OkxState): OkxKey {
  const headers = readHeaders(call);
  if (call.headers.get("x-simulated-trading") === "1") {
    throw refuse("otherEnvironment", "APIKey does not match current environment.");
  }
  checkTime(headers.timestamp, state.world.clock.now());
  if (!KEY_FORM.test(headers.apiKey)) throw refuse("keyMalformed", "Invalid OK-ACCESS-KEY");
  if (state.keys.standing(headers.apiKey) === "disabled") throw refuse("frozen", "API frozen, please contact customer service");
  const key = state.keys.served(headers.apiKey);
  if (key === undefined) throw refuse("keyUnknown", "API key doesn't exist");
  const path = call.query === "" ? call.path : `${call.path}?${call.query}`;
  const text = headers.timestamp + call.method + path + call.body;
  const expected = createHmac("sha256", key.secret).update(text).digest("base64");
  if (headers.sign !== expected) throw refuse("signature", "Invalid Sign");
  if (headers.passphrase !== key.passphrase) throw refuse("passphraseWrong", "Request header OK-ACCESS-PASSPHRASE incorrect.");
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) {
    throw refuse("address", "Your IP is not included in your API key's IP whitelist.");
  }
  return key;
}

function readHeaders(call: Call): { apiKey: string; sign: string; timestamp: string; passphrase: string } {
  const read = (name: string) => call.headers.get(name) ?? "";
  const apiKey = read("ok-access-key");
  const passphrase = read("ok-access-passphrase");
  const sign = read("ok-access-sign");
  const timestamp = read("ok-access-timestamp");
  if (apiKey === "") throw refuse("keyHeaderMissing", 'Request header "OK-ACCESS-KEY" cannot be empty.');
  if (passphrase === "") throw refuse("passphraseHeaderMissing", 'Request header "OK-ACCESS-PASSPHRASE" cannot be empty.');
  if (sign === "") throw refuse("signHeaderMissing", 'Request header "OK-ACCESS-SIGN" cannot be empty.');
  if (timestamp === "") throw refuse("timestampHeaderMissing", 'Request header "OK-ACCESS-TIMESTAMP" cannot be empty.');
  return { apiKey, sign, timestamp, passphrase };
}

function checkTime(timestamp: string, now: number): void {
  const at = Date.parse(timestamp);
  if (!ISO_MILLISECONDS.test(timestamp) || Number.isNaN(at)) throw refuse("timestampMalformed", "Invalid OK-ACCESS-TIMESTAMP");
  if (Math.abs(now - at) > WINDOW) throw refuse("timestampExpired", "Timestamp request expired");
}

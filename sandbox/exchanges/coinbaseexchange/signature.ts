import { createHmac } from "node:crypto";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { refuse } from "./errors";
import type { ExchangeKey, ExchangeState } from "./state";

/** A timestamp may be off by so many seconds, either way. */
const WINDOW = 30;

/** Whose call this is. @throws Refusal when it is not proven, late, or from an address the key does not know */
export function authenticate(call: Call, state: ExchangeState): ExchangeKey {
  const { random, clock } = state.world;
  const headers = readHeaders(call, state);
  if (!/^[0-9]{1,12}(\.[0-9]{1,9})?$/.test(headers.timestamp)) throw refuse("timestampForm", random);
  if (Math.abs(clock.now() / 1000 - Number(headers.timestamp)) > WINDOW) throw refuse("timestamp", random);
  const key = state.keys.get(headers.apiKey);
  if (key === undefined) throw refuse("keyUnknown", random);
  if (headers.passphrase !== key.passphrase) throw refuse("passphrase", random);
  const target = call.query === "" ? call.path : `${call.path}?${call.query}`;
  const text = headers.timestamp + call.method + target + call.body;
  const expected = createHmac("sha256", Buffer.from(key.secret, "base64")).update(text).digest("base64");
  if (headers.sign !== expected) throw refuse("signature", random);
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) throw refuse("address", random);
  return key;
}

function readHeaders(call: Call, { world: { random } }: ExchangeState) {
  const read = (name: string, reason: Parameters<typeof refuse>[0]): string => {
    const value = call.headers.get(name) ?? "";
    if (value === "") throw refuse(reason, random);
    return value;
  };
  return {
    apiKey: read("cb-access-key", "keyHeader"),
    sign: read("cb-access-sign", "signHeader"),
    timestamp: read("cb-access-timestamp", "timestampHeader"),
    passphrase: read("cb-access-passphrase", "passphraseHeader"),
  };
}

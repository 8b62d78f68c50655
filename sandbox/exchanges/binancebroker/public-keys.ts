import type { KeyObject } from "node:crypto";
import { readPem } from "../binance/public-keys";
import { refuse } from "./errors";
import type { Request } from "./guard";
import { illegal } from "./signature";
import type { BrokerState } from "./state";

const SIZES: readonly (number | undefined)[] = [2048, 4096];

/**
 * The public key to register, if one is sent: RSA or Ed25519. No source says in which form, where in the call, or whether two keys may
 * share one: here it has to be PEM, in the body, and a key's own.
 * @throws Refusal
 */
export function readPublicKey({ call, params }: Request, state: BrokerState): KeyObject | undefined {
  const text = params.get("publicKey");
  if (text === undefined || text === "") return undefined;
  const key = new URLSearchParams(call.query).has("publicKey") ? undefined : readPem(text);
  if (key === undefined) throw illegal("publicKey");
  const rsa = key.asymmetricKeyType === "rsa" && SIZES.includes(key.asymmetricKeyDetails?.modulusLength);
  if (key.asymmetricKeyType !== "ed25519" && !rsa) throw refuse("unsupported", "This key type is not supported.");
  if (state.keys.all().some(({ publicKey }) => publicKey?.equals(key))) throw illegal("publicKey");
  return key;
}

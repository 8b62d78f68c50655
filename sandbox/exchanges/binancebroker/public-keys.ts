import { createPublicKey, type KeyObject } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { ControlRefusal } from "../../refusals";
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
  const key = new URLSearchParams(call.query).has("publicKey") ? undefined : parse(text);
  if (key === undefined) throw illegal("publicKey");
  const rsa = key.asymmetricKeyType === "rsa" && SIZES.includes(key.asymmetricKeyDetails?.modulusLength);
  if (key.asymmetricKeyType !== "ed25519" && !rsa) throw refuse("unsupported", "This key type is not supported.");
  if (state.keys.all().some(({ publicKey }) => publicKey?.equals(key))) throw illegal("publicKey");
  return key;
}

/** The public key of a key of an earlier run that has one. @throws ControlRefusal */
export function formerPublicKey(was: FormerKey | undefined): { readonly publicKey?: KeyObject } {
  if (was?.publicKey === undefined) return {};
  const publicKey = parse(was.publicKey);
  if (publicKey === undefined) throw new ControlRefusal(400, "a public key is PEM");
  return { publicKey };
}

function parse(text: string): KeyObject | undefined {
  if (!/^-----BEGIN PUBLIC KEY-----\n/.test(text)) return undefined;
  try {
    return createPublicKey({ key: text, format: "pem", type: "spki" });
  } catch {
    // Whatever is wrong with it, the answer is one.
    return undefined;
  }
}

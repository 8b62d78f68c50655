import { createPublicKey, type KeyObject } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { ControlRefusal } from "../../refusals";
import { refuse } from "./errors";
import type { Request } from "./guard";
import { illegal } from "./signature";
import type { BinanceState } from "./state";

/** Of the call that makes a key. */
export type ApiVersion = "first" | "second";

const SIZES: readonly (number | undefined)[] = [2048, 4096];

/**
 * The public key to register, if one is sent. The first version takes Ed25519, the second RSA too and that in the body only. No source says
 * whether two keys may share one: here they may not, and it has to be PEM.
 * @throws Refusal
 */
export function readPublicKey({ call, params }: Request, state: BinanceState, version: ApiVersion): KeyObject | undefined {
  const text = params.get("publicKey");
  if (text === undefined || text === "") return undefined;
  const inBody = new URLSearchParams(call.body).has("publicKey") && !new URLSearchParams(call.query).has("publicKey");
  const key = readPem(text);
  if (key === undefined || (version === "second" && !inBody)) throw illegal("publicKey");
  const rsa = key.asymmetricKeyType === "rsa" && SIZES.includes(key.asymmetricKeyDetails?.modulusLength);
  if (key.asymmetricKeyType !== "ed25519" && !(rsa && version === "second")) {
    throw refuse("unsupported", "This key type is not supported.");
  }
  if (state.keys.all().some(({ publicKey }) => publicKey?.equals(key))) throw illegal("publicKey");
  return key;
}

/** The public key of a key of an earlier run that has one. @throws ControlRefusal */
export function formerPublicKey(was: FormerKey | undefined): { readonly publicKey?: KeyObject } {
  if (was?.publicKey === undefined) return {};
  const publicKey = readPem(was.publicKey);
  if (publicKey === undefined) throw new ControlRefusal(400, "a public key is PEM");
  return { publicKey };
}

/** `undefined` for anything but SPKI in PEM. */
export function readPem(text: string): KeyObject | undefined {
  if (!/^-----BEGIN PUBLIC KEY-----\n/.test(text)) return undefined;
  try {
    return createPublicKey({ key: text, format: "pem", type: "spki" });
  } catch {
    // Whatever is wrong with it, the answer is one.
    return undefined;
  }
}

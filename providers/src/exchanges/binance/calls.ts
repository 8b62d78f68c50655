import type { Wire, WireRequest } from "../adapter";
import { encoded } from "./convert";
import { descriptor } from "./descriptor";

export const exchange = descriptor.id;
export const KEYS = "sub-account/subAccountApi";
/** Which version of the API takes a new key's public half: it must be in the body, as ccxt sends what is posted. */
export const REGISTERING = { ed25519: "sapi", "rsa-2048": "sapiV2", "rsa-4096": "sapiV2" } as const;
export const RESTRICTION = `${KEYS}/ipRestriction`;

/** Which key of which sub-account. */
export interface Target {
  readonly subAccount: string;
  readonly apiKey: string;
}

export function params({ subAccount, apiKey }: Target): { readonly email: string; readonly subAccountApiKey: string } {
  return { email: subAccount, subAccountApiKey: apiKey };
}

type Sent = Pick<WireRequest, "operation" | "method" | "path"> & Partial<WireRequest>;

/** Everything but issuing can be repeated without harm. */
export function send(wire: Wire, values: Parameters<typeof encoded>[0], request: Sent): Promise<unknown> {
  return wire.call({ access: "sapi", safe: true, ...request, params: encoded(values) });
}

import type { Wire, WireRequest } from "../adapter";
import { descriptor } from "./descriptor";

export const exchange = descriptor.id;
export const KEYS = "broker/subAccountApi";
export const PERMISSION = `${KEYS}/permission`;
export const SUB_ACCOUNTS = "broker/subAccount";
export const RESTRICTION = `${KEYS}/ipRestriction`;

/** Which key of which sub-account. */
export interface Target {
  readonly subAccount: string;
  readonly apiKey: string;
}

export function params({ subAccount, apiKey }: Target): Readonly<Record<string, string>> {
  return { subAccountId: subAccount, subAccountApiKey: apiKey };
}

type Sent = Pick<WireRequest, "operation" | "method" | "path"> & Partial<WireRequest>;

/** Everything but making a key can be repeated without harm. */
export function send(wire: Wire, values: Readonly<Record<string, string>>, request: Sent): Promise<unknown> {
  return wire.call({ access: "sapi", safe: true, ...request, params: values });
}

import { ADOPTED_API_KEY, API_KEY, EGRESS_ADDRESSES, KMS_KEY } from "../../policy/key";
import type { PackConfig, Resource } from "./judge";

export { UNKNOWN } from "../../providers/src/core/inputs";

/** A key that no rule objects to, but for what `changes` says. */
export function apiKey(name: string, changes: object = {}): Resource {
  const props = {
    environment: "production",
    owner: "desk",
    exchange: "bybit",
    account: "bybit",
    subAccount: "100001",
    name,
    bot: `bot-${name}`,
    purpose: "market-making",
    scopes: ["read", "spot"],
    ipWhitelist: ["52.1.2.3"],
    rotate: { every: "30d", overlap: "24h" },
    seal: "awskms://alias/desk?region=eu-west-1",
    publish: `file:///keys/${name}.json`,
    ...changes,
  };
  return { type: API_KEY, name, props };
}

/** An adopted key that no rule objects to, but for what `changes` says. */
export function adoptedKey(name: string, changes: object = {}): Resource {
  const { props } = apiKey(name);
  const { rotate, ...rest } = props;
  const adopted = { ...rest, subAccount: "master", purpose: "treasury", scopes: ["read", "withdraw"], maxAge: "90d" };
  return { type: ADOPTED_API_KEY, name, props: { ...adopted, onOverdue: "error", ...changes } };
}

export const kmsKey = (props: object = {}, protect = true): Resource => ({
  type: KMS_KEY,
  name: "seal",
  props: { ...props },
  protect,
});

export const addresses = (props: object): Resource => ({ type: EGRESS_ADDRESSES, name: "egress", props: { ...props } });

/** Resources that one rule is shown, and what it has to find. */
export interface Case {
  readonly rule: string;
  readonly what: string;
  readonly resources: readonly Resource[];
  readonly config?: PackConfig;
  /** Resource and a part of the message; none when the rule is content. */
  readonly expected: readonly (readonly [string, RegExp])[];
}

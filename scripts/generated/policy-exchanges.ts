import type { Descriptor } from "../../providers/src/exchanges/descriptor";

export const policyExchangesPath = "policy/exchanges.json";

const SPOT = ["spot", "margin"];
const DERIVATIVES = ["futures", "options"];

/** What the policy pack has to know of exchanges: it is loaded without the provider. */
export function renderPolicyExchanges(descriptors: readonly Descriptor[]): string {
  const entries = descriptors.map((descriptor) => [
    descriptor.id,
    { title: descriptor.title, productsByKey: separatesByKey(descriptor) },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

/** True when no single flag of the exchange grants spot and derivatives together. */
export function separatesByKey({ grants }: Pick<Descriptor, "grants">): boolean {
  const has = (scopes: readonly string[], some: readonly string[]): boolean => scopes.some((scope) => some.includes(scope));
  return !grants.value.some(({ scopes }) => has(scopes, SPOT) && has(scopes, DERIVATIVES));
}

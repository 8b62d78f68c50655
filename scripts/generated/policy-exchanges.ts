import type { Descriptor } from "../../providers/src/exchanges/descriptor";

export const policyExchangesPath = "policy/exchanges.json";

const SPOT = ["spot", "margin"];
const DERIVATIVES = ["futures", "options"];

/** What the policy pack has to know of exchanges: it is loaded without the provider. */
export function renderPolicyExchanges(descriptors: readonly Descriptor[]): string {
  const entries = descriptors.map((descriptor) => [
    descriptor.id,
    { title: descriptor.title, productsByKey: separatesByKey(descriptor), withdrawWith: withWithdraw(descriptor) },
  ]);
  const text = JSON.stringify(Object.fromEntries(entries), undefined, 2);
  // Lists on one line, as the formatter has them.
  return `${text.replace(/\[[^\]]+\]/g, (list) => list.replace(/\n\s*/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;
}

/** Scopes beside reading that every flag with the right to withdraw gives too. */
function withWithdraw({ grants, parentGrants }: Descriptor): readonly string[] {
  const flags = [...grants.value, ...parentGrants.value].filter(({ scopes }) => scopes.includes("withdraw"));
  const others = (flags[0]?.scopes ?? []).filter((scope) => scope !== "withdraw" && scope !== "read");
  return others.filter((scope) => flags.every(({ scopes }) => scopes.includes(scope)));
}

/** True when no single flag of the exchange grants spot and derivatives together. */
export function separatesByKey({ grants }: Pick<Descriptor, "grants">): boolean {
  const has = (scopes: readonly string[], some: readonly string[]): boolean => scopes.some((scope) => some.includes(scope));
  return !grants.value.some(({ scopes }) => has(scopes, SPOT) && has(scopes, DERIVATIVES));
}

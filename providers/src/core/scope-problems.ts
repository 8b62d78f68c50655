import type { Descriptor } from "../exchanges/descriptor";
import { UNKNOWN } from "./inputs";
import { effectiveScopes } from "./scopes";
import type { Problem } from "./shape";
import { SCOPES, type Scope, TRADE_SCOPES } from "./words";

/** What is wrong with declared scopes on one exchange. While one of them is unknown, nothing is said of what the others come to. */
export function scopeProblems(scopes: readonly string[], descriptor: Descriptor): readonly Problem[] {
  const declared = scopes.filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope));
  const repeated = scopes.flatMap((scope, index): readonly Problem[] => {
    const first = scopes.indexOf(scope);
    return first < index && scope !== UNKNOWN ? [{ property: `scopes[${index}]`, reason: `repeats scopes[${first}]` }] : [];
  });
  const withdraw = withdrawProblems(declared);
  return [
    ...repeated,
    ...withdraw,
    ...(withdraw.length > 0 || scopes.includes(UNKNOWN) ? [] : grantProblems(declared, descriptor)),
  ];
}

function withdrawProblems(declared: readonly Scope[]): readonly Problem[] {
  if (!declared.includes("withdraw")) return [];
  const property = "scopes";
  const adopted = {
    property,
    reason: "withdraw is for AdoptedApiKey only: no exchange issues such a key by API to a sub-account",
  };
  const trades = declared.some((scope) => TRADE_SCOPES.includes(scope));
  return trades ? [{ property, reason: "trade and withdraw must never be on one key; nothing lifts this" }, adopted] : [adopted];
}

function grantProblems(declared: readonly Scope[], descriptor: Descriptor): readonly Problem[] {
  const plan = effectiveScopes(descriptor.grants.value, declared);
  if (declared.length === 0 || plan.kind === "exact") return [];
  const none = plan.inexpressible.map((scope) => `${descriptor.title} has no permission for ${scope} alone`);
  const more =
    plan.additions.length === 0
      ? []
      : [`${descriptor.title} cannot grant this alone: declare ${plan.additions.join(", ")} too, or use another sub-account`];
  return [...none, ...more].map((reason) => ({ property: "scopes", reason }));
}

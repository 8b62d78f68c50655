import type { Descriptor, Grant } from "../exchanges/descriptor";
import { UNKNOWN } from "./inputs";
import { effectiveScopes, scopesNamed } from "./scopes";
import type { Problem } from "./shape";
import { SCOPES, type Scope, TRADE_SCOPES } from "./words";

const TOGETHER = "trade and withdraw must never be on one key; nothing lifts this";

/** What is wrong with declared scopes on one exchange. While one of them is unknown, nothing is said of what the others come to. */
export function scopeProblems(scopes: readonly string[], descriptor: Descriptor): readonly Problem[] {
  const declared = knownScopes(scopes);
  const reason = "withdraw is for AdoptedApiKey only: no exchange issues such a key by API to a sub-account";
  const withdraw = declared.includes("withdraw") ? [...togetherProblems(declared), { property: "scopes", reason }] : [];
  return [
    ...repeatProblems(scopes),
    ...withdraw,
    ...(withdraw.length > 0 || scopes.includes(UNKNOWN)
      ? []
      : grantProblems(declared, descriptor.grants.value, descriptor.title)),
  ];
}

/** The same for a key that a person made: it may withdraw, and carry whatever else only a parent credential can. */
export function adoptedScopeProblems(scopes: readonly string[], descriptor: Descriptor): readonly Problem[] {
  const declared = knownScopes(scopes);
  const together = togetherProblems(declared);
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const silent = together.length > 0 || scopes.includes(UNKNOWN);
  return [...repeatProblems(scopes), ...together, ...(silent ? [] : grantProblems(declared, grants, descriptor.title))];
}

/**
 * Permissions that scopes have a word for are declared as scopes: under another name they would be beside what scopes keep apart. A
 * restriction, which begins with `-`, gives nothing.
 */
export function otherPermissionProblems(others: readonly unknown[], descriptor: Descriptor): readonly Problem[] {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  return others.flatMap((name, index): readonly Problem[] => {
    if (typeof name !== "string" || name === UNKNOWN || name.startsWith("-")) return [];
    const scopes = scopesNamed(name, grants);
    if (scopes.length === 0) return [];
    const reason = `"${name}" is a permission that scopes have a word for: declare the scope ${scopes.join(", ")} instead`;
    return [{ property: `otherPermissions[${index}]`, reason }];
  });
}

function knownScopes(scopes: readonly string[]): readonly Scope[] {
  return scopes.filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope));
}

function repeatProblems(scopes: readonly string[]): readonly Problem[] {
  return scopes.flatMap((scope, index): readonly Problem[] => {
    const first = scopes.indexOf(scope);
    return first < index && scope !== UNKNOWN ? [{ property: `scopes[${index}]`, reason: `repeats scopes[${first}]` }] : [];
  });
}

function togetherProblems(declared: readonly Scope[]): readonly Problem[] {
  const trades = declared.some((scope) => TRADE_SCOPES.includes(scope));
  return declared.includes("withdraw") && trades ? [{ property: "scopes", reason: TOGETHER }] : [];
}

function grantProblems(declared: readonly Scope[], grants: readonly Grant[], title: string): readonly Problem[] {
  const plan = effectiveScopes(grants, declared);
  if (declared.length === 0 || plan.kind === "exact") return [];
  const none = plan.inexpressible.map((scope) => `${title} has no permission for ${scope} alone`);
  const more =
    plan.additions.length === 0
      ? []
      : [`${title} cannot grant this alone: declare ${plan.additions.join(", ")} too, or use another sub-account`];
  return [...none, ...more].map((reason) => ({ property: "scopes", reason }));
}

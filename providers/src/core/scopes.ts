import type { Grant } from "../exchanges/descriptor";
import type { Scope } from "./words";

/** What declared scopes come to on one exchange. */
export type ScopePlan =
  /** `flags` give exactly the declared scopes. */
  | { readonly kind: "exact"; readonly flags: readonly string[]; readonly effective: readonly Scope[] }
  /** Declaring `additions` too would make it exact, but for `inexpressible`, which no flag of the exchange gives. */
  | { readonly kind: "refused"; readonly additions: readonly Scope[]; readonly inexpressible: readonly Scope[] };

/**
 * The flags for `declared` scopes: every flag that grants nothing beyond them. All of them, not the fewest: two flags that share a
 * neutral scope may still stand for different products.
 */
export function effectiveScopes(grants: readonly Grant[], declared: readonly Scope[]): ScopePlan {
  const wanted = new Set(declared);
  const within = grants.filter((grant) => grant.scopes.every((scope) => wanted.has(scope)));
  const effective = scopesOf(within);
  const missing = [...wanted].filter((scope) => !effective.includes(scope));
  if (missing.length === 0) return { kind: "exact", flags: within.map((grant) => grant.flag), effective };
  const nearest = missing.map((scope) => nearestGrant(grants, scope, wanted));
  const added = new Set(nearest.flatMap((grant) => grant?.scopes ?? []).filter((scope) => !wanted.has(scope)));
  return { kind: "refused", additions: [...added], inexpressible: missing.filter((_, index) => nearest[index] === undefined) };
}

/** Every other name of a flag → the flag. */
export function flagsByAlias(grants: readonly Grant[]): ReadonlyMap<string, string> {
  return new Map(grants.flatMap(({ flag, aliases = [] }) => aliases.map((alias) => [alias, flag] as const)));
}

/**
 * The scopes of the grants that know a name, in any spelling. A name is a flag, one of its words (`Group:Word`), another name of it, or a
 * scope. None where no grant knows it.
 */
export function scopesNamed(name: string, grants: readonly Grant[]): readonly Scope[] {
  const isIt = (known: string): boolean => bare(known) === bare(name);
  const scope = scopesOf(grants).find(isIt);
  const scopes = scopesOf(grants.filter((grant) => namesOf(grant).some(isIt)));
  const telling = scopes.filter((one) => one !== "read");
  if (scopes.length === 0) return scope === undefined ? [] : [scope];
  return telling.length === 0 ? scopes : telling;
}

function namesOf({ flag, aliases = [] }: Grant): readonly string[] {
  const [group, words] = flag.split(":");
  const parts = words === undefined ? [] : words.split(",");
  return [flag, ...parts, ...parts.map((word) => `${group}:${word}`), ...aliases];
}

/** `can_transfer`, `canTransfer` and `Can Transfer` are one name to a person. */
function bare(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** What the flags of a live key come to. */
export interface ScopeReading {
  readonly scopes: readonly Scope[];
  /**
   * Flags without a grant. And `-flag` for each that a key with these scopes has when it is made here, but this one lacks. Its scopes are
   * then narrower than our words can express.
   */
  readonly unknownFlags: readonly string[];
}

/** Neutral scopes of a live key with `flags`. */
export function readScopes(grants: readonly Grant[], flags: readonly string[]): ScopeReading {
  const present = new Set(flags);
  const held = grants.filter((grant) => present.has(grant.flag));
  const scopes = scopesOf(held);
  const plan = effectiveScopes(grants, scopes);
  const expected = plan.kind === "exact" ? plan.flags : [];
  const unknown = [...present].filter((flag) => !grants.some((grant) => grant.flag === flag));
  const lacking = expected.filter((flag) => !present.has(flag)).map((flag) => `-${flag}`);
  return { scopes, unknownFlags: [...unknown, ...lacking] };
}

/** Of a parent's reading: the flags that none of our words stands for. That a parent has fewer than it could is no danger. */
export function foreignFlags(unknownFlags: readonly string[]): { readonly unknownFlags?: readonly string[] } {
  const foreign = unknownFlags.filter((flag) => !flag.startsWith("-"));
  return foreign.length === 0 ? {} : { unknownFlags: foreign };
}

function scopesOf(grants: readonly Grant[]): readonly Scope[] {
  return [...new Set(grants.flatMap((grant) => grant.scopes))];
}

function nearestGrant(grants: readonly Grant[], scope: Scope, wanted: ReadonlySet<Scope>): Grant | undefined {
  const excess = (grant: Grant): number => grant.scopes.filter((other) => !wanted.has(other)).length;
  const holding = grants.filter((grant) => grant.scopes.includes(scope));
  return holding.sort((one, other) => excess(one) - excess(other))[0];
}

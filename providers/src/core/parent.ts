import { DAY_MS } from "./duration";
import type { AccountSettings } from "./settings";
import type { Environment, Scope } from "./words";

/** A parent credential older than this is refused in production. */
export const PARENT_MAX_AGE_DAYS = 90;

/** What a parent credential says about itself. */
export interface ParentSight {
  readonly scopes: readonly Scope[];
  readonly ipWhitelist: readonly string[];
  /** Where an exchange tells whether the key is bound to addresses, but not to which. */
  readonly ipBound?: boolean;
  /** ISO time. Absent where an exchange does not tell. */
  readonly createdAt?: string;
}

/** What makes a parent credential too dangerous for production, but for what was accepted with a reason. */
export function parentProblems(
  parent: ParentSight,
  context: { readonly environment: Environment; readonly accept: AccountSettings["accept"]; readonly now: Date },
): readonly string[] {
  if (context.environment !== "production") return [];
  const { accept, now } = context;
  const age = parent.createdAt === undefined ? 0 : (now.getTime() - Date.parse(parent.createdAt)) / DAY_MS;
  const problems: (string | false)[] = [
    parent.scopes.includes("withdraw") && accept?.withdraw === undefined && "it can withdraw (accept.withdraw)",
    !(parent.ipBound ?? parent.ipWhitelist.length > 0) &&
      accept?.unbound === undefined &&
      "it is bound to no address (accept.unbound)",
    age > PARENT_MAX_AGE_DAYS && accept?.age === undefined && `it is older than ${PARENT_MAX_AGE_DAYS} days (accept.age)`,
  ];
  return problems.filter((problem) => problem !== false);
}

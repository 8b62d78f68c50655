import type { ParentFacts } from "../adapter";
import { badAnswer } from "../answer";
import { descriptor } from "./descriptor";
import type { AccountsAnswer } from "./types";

/**
 * That there is an answer proves that the key lives and reads, and nothing more.
 * @throws KeyError `BadResponse` when the accounts are not of one profile
 */
export function fromParent(accounts: AccountsAnswer): ParentFacts {
  const [profile, ...others] = new Set(accounts.map((account) => account.profile_id));
  if (others.length > 0) {
    throw badAnswer({ exchange: descriptor.id, operation: "inspectParent" }, "the accounts are of several profiles");
  }
  return { scopes: ["read"], ipWhitelist: [], ...(profile === undefined ? {} : { subAccount: profile }) };
}

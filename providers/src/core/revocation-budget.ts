import { KeyError } from "./errors";
import type { Identity } from "./words";

/** The word that raises the budget. */
const WORD = "exchange-keys:revocationBudget";

/** A key whose versions are about to be revoked for good. */
export interface Ending extends Pick<Identity, "exchange" | "account" | "subAccount" | "name"> {
  /** Public ids, or what is shown of them. */
  readonly versions: readonly string[];
  /** Public id, where it is not the whole key that ends but a stray of it. */
  readonly stray?: string;
}

/**
 * How many keys one process, which is one run of Pulumi, may end. What is counted is a key that goes with all its versions: its
 * resource was deleted, replaced, or is no longer in the program. Each stray counts too, because it may be another stack's key. Retiring a
 * superseded version does not count. Nor does revoking a key that nobody can hold: one that was lost or never published, or that has ended
 * by itself.
 */
export class RevocationBudget {
  private readonly ended = new Map<string, string>();

  /**
   * Counts a key, once, before anything of it is revoked.
   * @param limit keys that this run may end
   * @returns to be called where it turned out that it cannot be ended: it then counts no more
   * @throws KeyError `BudgetSpent`, naming what was ended before
   */
  spend(ending: Ending, limit: number): () => void {
    const { exchange, account, subAccount, name, versions, stray } = ending;
    const shown = [exchange, account, subAccount, name].join("/");
    const id = stray === undefined ? shown : `${shown} ${stray}`;
    if (this.ended.has(id)) return () => undefined;
    if (this.ended.size >= limit) throw this.spent(ending, limit);
    this.ended.set(id, `${shown} (${versions.join(", ")})`);
    return () => void this.ended.delete(id);
  }

  private spent({ exchange, name }: Ending, limit: number): KeyError {
    const before = this.ended.size === 0 ? "" : `; it has ended ${[...this.ended.values()].join(", ")}`;
    return new KeyError({
      kind: "BudgetSpent",
      exchange,
      operation: `key "${name}"`,
      message: `a run may end ${limit} ${limit === 1 ? "key" : "keys"}${before}. This one was not touched`,
      hint: `If they are meant to go: pulumi config set ${WORD} <number of keys>, and run again.`,
    });
  }
}

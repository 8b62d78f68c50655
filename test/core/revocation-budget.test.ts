import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import { type Ending, RevocationBudget } from "../../providers/src/core/revocation-budget";

const KEY = { exchange: "here", account: "main", subAccount: "sub1", name: "mm" };

describe("the budget of revocations", () => {
  const stray = (apiKey: string): Ending => ({ ...KEY, versions: [apiKey], stray: apiKey });
  const spent = (budget: RevocationBudget, ending: Ending, limit: number): void =>
    assert.throws(
      () => budget.spend(ending, limit),
      (error) => isKind(error, "BudgetSpent"),
    );

  it("counts each stray of a key, and one that is tried again once", () => {
    const budget = new RevocationBudget();
    budget.spend(stray("pub1"), 1);
    budget.spend(stray("pub1"), 1);
    spent(budget, stray("pub2"), 1);
    budget.spend(stray("pub2"), 2);
  });

  it("counts a key beside its strays, and keys of other places apart", () => {
    const budget = new RevocationBudget();
    budget.spend({ ...KEY, versions: ["pub3"] }, 1);
    spent(budget, stray("pub1"), 1);
    for (const change of [{ exchange: "there" }, { account: "other" }, { subAccount: "sub2" }, { name: "arb" }]) {
      spent(budget, { ...KEY, ...change, versions: ["pub4"] }, 1);
    }
  });
});

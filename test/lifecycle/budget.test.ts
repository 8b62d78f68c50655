import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import type { Ending } from "../../providers/src/core/revocation-budget";
import { RevocationBudget } from "../../providers/src/core/revocation-budget";
import { Engine } from "./engine";
import { World } from "./world";

const ending = (name: string, versions: readonly string[] = ["…1234"]): Ending => ({
  exchange: "somewhere",
  account: "main",
  subAccount: "sub1",
  name,
  versions,
});

describe("the budget of revocations", () => {
  it("stops after as many keys as it allows, and names them, their versions and the word that raises it", () => {
    const budget = new RevocationBudget();
    budget.spend(ending("one"), 2);
    budget.spend(ending("two", ["…aaaa", "…bbbb"]), 2);
    assert.throws(
      () => budget.spend(ending("three"), 2),
      (error) => {
        assert.ok(isKind(error, "BudgetSpent"));
        assert.match(error.message, /^somewhere key "three": BudgetSpent: a run may end 2 keys; it has ended /);
        assert.match(error.message, /somewhere\/main\/sub1\/one \(…1234\), somewhere\/main\/sub1\/two \(…aaaa, …bbbb\)\./);
        assert.match(error.message, /This one was not touched\. .*pulumi config set exchange-keys:revocationBudget/);
        return true;
      },
    );
  });

  it("counts a key once, however often it is tried", () => {
    const budget = new RevocationBudget();
    for (let attempt = 0; attempt < 3; attempt += 1) budget.spend(ending("one"), 1);
    assert.throws(() => budget.spend(ending("two"), 1), /BudgetSpent/);
  });

  it("counts no key that turned out to be beyond reach", () => {
    const budget = new RevocationBudget();
    budget.spend(ending("one"), 1)();
    budget.spend(ending("two"), 1);
    assert.throws(() => budget.spend(ending("three"), 1), /BudgetSpent/);
  });

  it("stops a deletion before anything of the key is revoked or taken down", async () => {
    const world = new World();
    const engine = new Engine(world);
    assert.equal(await engine.up(engine.declared()), "done");
    world.revocationBudget = 0;
    await assert.rejects(engine.destroy(), /BudgetSpent: a run may end 0 keys\. This one was not touched/);
    assert.equal(engine.living().length, 1);
    await engine.assertBotWorks(engine.declared());
    world.revocationBudget = 1;
    await engine.destroy();
    assert.deepEqual(engine.living(), []);
  });

  it("is not asked for a rotation with its retirement, nor for a key that another resource has taken over", async () => {
    const world = new World();
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    world.revocationBudget = 0;
    const rotate = { every: "30d", overlap: "0", trigger: "leak" };
    assert.equal(await engine.up({ ...declared, rotate }), "done");
    assert.equal(engine.living().length, 1);
    const replacing = new Engine(world);
    assert.equal(await replacing.up({ ...declared, rotate: { every: "30d", overlap: "24h" } }), "done");
    await engine.destroy();
    assert.equal(engine.living().length, 1);
  });
});

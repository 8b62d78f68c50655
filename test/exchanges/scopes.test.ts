import assert from "node:assert/strict";
import { effectiveScopes, readScopes } from "../../providers/src/core/scopes";
import { SCOPES, type Scope } from "../../providers/src/core/words";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";

/** All of them: there are few enough to leave nothing to chance. */
const SUBSETS: readonly (readonly Scope[])[] = Array.from({ length: 2 ** SCOPES.length }, (_, bits) =>
  SCOPES.filter((_scope, index) => (bits & (1 << index)) !== 0),
);

const sorted = (scopes: Iterable<string>): readonly string[] => [...new Set(scopes)].sort();

for (const { id, grants } of DESCRIPTORS) {
  describe(`scopes: ${id}`, () => {
    const flags = grants.value.map((grant) => grant.flag);

    it("come out exactly as declared, or are refused with what is missing", () => {
      let exact = 0;
      for (const declared of SUBSETS) {
        const plan = effectiveScopes(grants.value, declared);
        if (plan.kind === "exact") {
          exact += 1;
          assert.deepEqual(sorted(plan.effective), sorted(declared));
          const granted = grants.value.filter((grant) => plan.flags.includes(grant.flag)).flatMap((grant) => grant.scopes);
          assert.deepEqual(sorted(granted), sorted(declared));
          continue;
        }
        assert.ok(plan.additions.length + plan.inexpressible.length > 0);
        assert.ok(plan.additions.every((scope) => !declared.includes(scope)));
        assert.ok(plan.inexpressible.every((scope) => declared.includes(scope)));
        const closure = [...declared.filter((scope) => !plan.inexpressible.includes(scope)), ...plan.additions];
        const again = effectiveScopes(grants.value, closure);
        assert.equal(again.kind, "exact", `${declared.join()} + ${plan.additions.join()}`);
      }
      assert.ok(exact > 1, "some declaration is accepted");
    });

    it("call inexpressible what no flag gives, and only that", () => {
      const given = new Set(grants.value.flatMap((grant) => grant.scopes));
      for (const scope of SCOPES) {
        const plan = effectiveScopes(grants.value, [scope]);
        assert.equal(plan.kind === "refused" && plan.inexpressible.includes(scope), !given.has(scope), scope);
      }
      assert.ok(!given.has("withdraw"), "no key made by API withdraws");
    });

    it("are read back as they were given", () => {
      for (const declared of SUBSETS) {
        const plan = effectiveScopes(grants.value, declared);
        if (plan.kind === "refused") continue;
        const reading = readScopes(grants.value, plan.flags);
        assert.deepEqual(sorted(reading.scopes), sorted(declared));
        assert.deepEqual(reading.unknownFlags, []);
      }
    });

    it("never hide a flag: every set of flags is said by scopes and unknown flags together", () => {
      for (let bits = 0; bits < 2 ** flags.length; bits += 1) {
        const held = flags.filter((_, index) => (bits & (1 << index)) !== 0);
        const { scopes, unknownFlags } = readScopes(grants.value, [...held, "levitate"]);
        assert.ok(unknownFlags.includes("levitate"));
        const plan = effectiveScopes(grants.value, scopes);
        const expected = plan.kind === "exact" ? plan.flags : [];
        const lacking = unknownFlags.filter((flag) => flag.startsWith("-")).map((flag) => flag.slice(1));
        assert.deepEqual(sorted(expected.filter((flag) => !lacking.includes(flag))), sorted(held));
      }
    });
  });
}

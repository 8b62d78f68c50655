import assert from "node:assert/strict";
import { type PreviewStep, preflight } from "../../providers/src/core/preflight";

const BUDGET = { keys: 10, percent: 30 };
const urn = (type: string, name: string): string => `urn:pulumi:desk::exchange-keys::${type}::${name}`;
const key = (name: string): string => urn("pulumi-nodejs:dynamic/exchange-keys:ApiKey", name);

/** Steps of one operation on `count` keys. */
function steps(op: string, count: number, from = 0): readonly PreviewStep[] {
  return Array.from({ length: count }, (_, index) => ({ op, urn: key(`key-${from + index}`) }));
}

describe("preflight", () => {
  const cases: readonly (readonly [string, readonly PreviewStep[], number, boolean])[] = [
    ["allows as many as the budget, and all of them", steps("delete", 10), 0, false],
    ["refuses one more", steps("delete", 11), 0, true],
    ["allows more than that of very many", [...steps("delete", 30), ...steps("same", 70, 30)], 0, false],
    ["refuses one more of those", [...steps("delete", 31), ...steps("update", 69, 31)], 0, true],
    ["does not take new keys for keys that there were", [...steps("delete", 11), ...steps("create", 100, 11)], 0, true],
    ["goes by the number alone where the rest is not shown", steps("delete", 11), 1000, true],
  ];
  for (const [what, given, unshown, refused] of cases) {
    it(what, () => assert.equal(preflight(given, unshown, BUDGET).refused, refused));
  }

  it("counts a replaced key once, among what there was", () => {
    const replaced = ["create-replacement", "replace", "delete-replaced"].map((op) => ({ op, urn: key("a") }));
    const { ended, existing } = preflight([...replaced, { op: "same", urn: key("b") }], 0, BUDGET);
    assert.deepEqual([ended, existing], [[{ name: "a", urn: key("a"), how: "replace" }], 2]);
  });

  it("names keys in an order of their own, whatever the preview's", () => {
    const { ended } = preflight([...steps("delete", 3)].reverse(), 0, BUDGET);
    assert.deepEqual(
      ended.map(({ name }) => name),
      ["key-0", "key-1", "key-2"],
    );
  });

  it("sees a key inside a component, and nothing in other types", () => {
    const inside = urn("desk:index:Bots$pulumi-nodejs:dynamic/exchange-keys:ApiKey", "in");
    const others = ["AdoptedApiKey", "SubAccount"].map((type) => urn(`pulumi-nodejs:dynamic/exchange-keys:${type}`, "other"));
    const deleted = [inside, ...others, urn("aws:kms/key:Key", "seal")].map((one) => ({ op: "delete", urn: one }));
    assert.deepEqual(
      preflight(deleted, 0, BUDGET).ended.map(({ name }) => name),
      ["in"],
    );
  });
});

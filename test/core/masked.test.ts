import assert from "node:assert/strict";
import fc from "fast-check";
import { factDrift } from "../../providers/src/core/adopted-document";
import { isAsDeclared } from "../../providers/src/core/as-declared";
import { fitsMask, shownAddresses } from "../../providers/src/core/masked";
import { canonicalAddresses, sameSet } from "../../providers/src/core/sets";

/** Hides a run of whole numbers, by one pair of stars or by one for each. */
function mask(address: string, { from, to, each }: { from: number; to: number; each: boolean }): string {
  const numbers = address.split(".");
  const stars = each ? numbers.slice(from, to + 1).map(() => "**") : ["**"];
  return [...numbers.slice(0, from), ...stars, ...numbers.slice(to + 1)].join(".");
}

/** At least one number hidden, at least one shown. */
const cut = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.boolean())
  .map(([one, other, each]) => ({ from: Math.min(one, other), to: Math.max(one, other), each }))
  .filter(({ from, to }) => to - from < 3);
const addresses = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 6 });
const key = (ipWhitelist: readonly string[]) => ({
  apiKey: "k",
  label: "",
  scopes: [],
  unknownFlags: [],
  ipWhitelist,
  expired: false,
});
const seenSame = (declared: readonly string[], shown: readonly string[]): boolean =>
  isAsDeclared(key(shown), { scopes: [], ipWhitelist: declared }, []);

describe("addresses with hidden numbers", () => {
  it("are the declared ones, whichever are hidden and in whatever order", () => {
    fc.assert(
      fc.property(addresses, fc.array(fc.option(cut), { minLength: 6, maxLength: 6 }), fc.nat(), (declared, cuts, turn) => {
        const shown = declared.map((address, index) => {
          const one = cuts[index] ?? null;
          return one === null ? address : mask(address, one);
        });
        const turned = [...shown.slice(turn % shown.length), ...shown.slice(0, turn % shown.length)];
        assert.ok(sameSet(shownAddresses(declared, turned), canonicalAddresses(declared)), turned.join());
        assert.ok(seenSame(declared, turned));
      }),
    );
  });

  it("differ when one more, one less, or another is shown", () => {
    fc.assert(
      fc.property(addresses, cut, fc.ipV4(), (declared, one, other) => {
        const shown = declared.map((address) => mask(address, one));
        assert.ok(!seenSame(declared, [...shown, mask(other, one)]), "one more");
        assert.ok(!seenSame(declared, shown.slice(1)), "one less");
        const foreign = mask(other, one);
        fc.pre(!declared.some((address) => fitsMask(foreign, address)));
        assert.ok(!seenSame(declared, [foreign, ...shown.slice(1)]), "another");
      }),
    );
  });

  for (const [entry, fits] of Object.entries({
    "10.**.1": true,
    "10.**.**.1": true,
    "**.1": true,
    "10.0.0.**": true,
    "11.**.1": false,
    "10.**.2": false,
    "10.**.**.**.1": false,
    "10.0.0.1.**": false,
    "**": false,
    "**.**.**.**": false,
    "1*.0.0.1": false,
    "*.0.0.1": false,
    "10.**.0.**": false,
    "10.*.1": false,
    "": false,
  })) {
    it(`${entry || "nothing"} ${fits ? "fits" : "does not fit"} 10.0.0.1`, () => assert.equal(fitsMask(entry, "10.0.0.1"), fits));
  }

  it("stand for one declared address each, and are named when they fit none", () => {
    assert.ok(sameSet(shownAddresses(["10.0.0.1", "10.0.5.1"], ["10.**.1", "10.**.1"]), ["10.0.0.1", "10.0.5.1"]));
    assert.deepEqual(shownAddresses(["10.0.0.1"], ["10.0.0.1", "10.**.1"]), ["10.0.0.1", "10.**.1"]);
    const declared = { subAccount: "master", scopes: [], ipWhitelist: ["10.0.0.1"] };
    assert.deepEqual(factDrift(declared, { scopes: [], ipWhitelist: ["10.**.1"] }, []), {});
    assert.deepEqual(factDrift(declared, { scopes: [], ipWhitelist: ["10.**.2"] }, []), { ipWhitelist: "+10.**.2 -10.0.0.1" });
  });

  it("lose none that could have one of its own, whoever came first", () => {
    assert.deepEqual(shownAddresses(["10.0.0.1", "10.0.0.2"], ["10.**", "10.**.1"]), ["10.0.0.2", "10.0.0.1"]);
  });
});

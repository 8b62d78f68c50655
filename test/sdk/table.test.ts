import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { NoSdk, Sdk, Step } from "./sdk";

const calls = join(__dirname, "calls");
const exchanges = readdirSync(join(__dirname, "../../sandbox/exchanges"));

/** By which step each operation on keys is shown. */
const SHOWN = [
  ["create", "issue"],
  ["list", "list"],
  ["update", "set"],
  ["delete", "revoke"],
] as const;

/** A step for each operation that there is. Where only people manage keys, a key's own call. */
function stepsFor({ operations, subAccounts }: Descriptor): readonly Step[] {
  const ofKeys = SHOWN.filter(([, operation]) => operations[operation].can === "yes").map(([step]) => step);
  return [
    ...(ofKeys.length === 0 ? (["use"] as const) : ofKeys),
    ...(subAccounts === undefined ? [] : (["sub-account"] as const)),
  ];
}

describe("the table of SDKs", () => {
  it("has one for each exchange of the sandbox", () => {
    const named = readdirSync(calls).map((name) => name.replace(/\.ts$/, ""));
    assert.deepEqual(named.sort(), exchanges.toSorted());
  });

  for (const exchange of exchanges) {
    it(`takes every step at ${exchange}, or says why there is no SDK and has requests of our own`, async () => {
      const { sdk } = (await import(join(calls, exchange))) as { readonly sdk: Sdk | NoSdk };
      if ("none" in sdk) {
        const own = readdirSync(join(__dirname, "../sandbox")).filter(
          (file) => /\.test\.ts$/.test(file) && file.startsWith(exchange),
        );
        assert.ok(own.length > 0 && sdk.none.length > 20, `no SDK, and no test/sandbox/${exchange}*.test.ts`);
        return;
      }
      const taken = new Set(Object.values(sdk.calls).map(({ step }) => step));
      assert.deepEqual([...taken].sort(), stepsFor(descriptorOf(exchange)).toSorted());
    });
  }
});

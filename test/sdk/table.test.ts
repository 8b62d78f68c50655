import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { type Sdk, STEPS } from "./sdk";

const calls = join(__dirname, "calls");
const exchanges = readdirSync(join(__dirname, "../../sandbox/exchanges"));

describe("the table of SDKs", () => {
  it("has one for each exchange of the sandbox", () => {
    const named = readdirSync(calls).map((name) => name.replace(/\.ts$/, ""));
    assert.deepEqual(named.sort(), exchanges.toSorted());
  });

  for (const exchange of exchanges) {
    it(`takes every step at ${exchange}, or a key's own call where only people make keys`, async () => {
      const { sdk } = (await import(join(calls, exchange))) as { readonly sdk: Sdk };
      const taken = new Set(Object.values(sdk.calls).map(({ step }) => step));
      const ofKeys = taken.has("use") ? ["use"] : STEPS.filter((step) => step !== "use" && step !== "sub-account");
      const wanted = [...ofKeys, ...(descriptorOf(exchange).subAccounts === undefined ? [] : ["sub-account"])];
      assert.deepEqual([...taken].sort(), wanted.toSorted());
    });
  }
});

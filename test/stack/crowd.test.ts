import assert from "node:assert/strict";
import { ownerHash, readLabel } from "../../providers/src/core/label";
import { Chain } from "../crash/chain";

/** Keys of each exchange: with every exchange that issues any, more than fifty. */
const EACH = 9;

describe("more than fifty keys at once", function () {
  this.timeout(1_200_000);

  it("all see the configuration, and work", async () => {
    const chain = await Chain.open(EACH);
    try {
      await chain.declare("create");
      await chain.stack.must(...chain.upArguments());
      const living = await chain.control.keys();
      assert.ok(chain.keys.length >= 50);
      assert.equal(living.length, chain.keys.length);
      const { desk } = chain;
      for (const { name } of chain.keys) {
        const bot = chain.bot(name);
        const credentials = await desk.open(bot);
        const label = living.find(({ apiKey }) => apiKey === credentials.apiKey)?.label ?? "";
        // The owner is configuration; where a key carries a label, it says whose it is.
        if (label !== "") assert.equal(readLabel(label)?.hash, ownerHash(bot.identity));
        assert.equal(await desk.call(bot, credentials), "accepted", name);
      }
      await chain.stack.must(...chain.upArguments(), "--expect-no-changes");
    } finally {
      await chain.close();
    }
  });
});

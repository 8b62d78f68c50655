import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { refusals } from "./bots";
import { Chain } from "./chain";

describe("a bot that is not served", function () {
  this.timeout(1_200_000);
  let chain: Chain;

  before(async () => {
    chain = await Chain.open(1, ["bybit", "kucoin"]);
    await chain.declare("create");
    await chain.stack.must(...chain.upArguments());
  });
  after(() => chain.close());

  it("tries again where nothing was wrong with its key, and loses nothing", async () => {
    for (const { exchange, subAccount, name } of chain.keys) {
      const bot = chain.bot(name);
      const unavailable = { kind: "loseAnswer", exchange, subAccount } as const;
      await chain.control.addFault(unavailable);
      assert.notEqual(await chain.desk.call(bot, await chain.desk.open(bot)), "accepted", exchange);
      await chain.control.addFault(unavailable);
    }
    assert.deepEqual(await refusals(chain), []);
    assert.deepEqual(await chain.control.faults(), []);
  });

  it("has lost nothing where its key lives and refuses it", async () => {
    const { apiKey } = await chain.desk.open(chain.bot("bybit-0"));
    await chain.control.editKey("bybit", apiKey, { ips: ["127.0.99.99"] });
    const [refused, ...others] = await refusals(chain);
    assert.deepEqual([refused?.name, refused?.isLost, others], ["bybit-0", false, []]);
  });

  it("has lost its secret where its key does not live, or its document cannot be opened", async () => {
    const { apiKey } = await chain.desk.open(chain.bot("kucoin-0"));
    await chain.control.removeKey("kucoin", apiKey);
    await writeFile(chain.bot("bybit-0").document, "{}");
    const refused = await refusals(chain);
    assert.deepEqual(refused.map(({ name, isLost }) => [name, isLost]).sort(), [
      ["bybit-0", true],
      ["kucoin-0", true],
    ]);
  });
});

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { Desk, readBots } from "../../harness/desk";
import type { Stack } from "../../harness/stack";
import { ownerHash, readLabel } from "../../providers/src/core/label";
import type { LivingKey } from "../../sandbox/exchange";
import { bybitKey, okxKey, stackFile } from "./declared";
import { RunningBot } from "./running-bot";
import { Stage } from "./stage";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("two stacks on one account of each exchange", function () {
  this.timeout(1_200_000);
  let stage: Stage;
  let other: Stack;
  let others: readonly RunningBot[];

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    const folder = join(stage.folder, "other");
    await mkdir(folder);
    const configFile = join(folder, "desk.yaml");
    const keys = { "bybit-arb": bybitKey(), "okx-arb": okxKey() };
    await writeFile(configFile, stringify(stackFile(folder, keys)));
    other = stage.stack.with({ stack: "other", configFile });
    await other.init();
    const bots = await readBots(configFile);
    const desk = new Desk(bots, stage.sandbox);
    others = bots.map((bot) => new RunningBot(bot, desk));
  });
  after(() => stage.close());

  /** Living keys of one side. */
  async function keysOf(bots: readonly RunningBot[]): Promise<readonly LivingKey[]> {
    const hashes = bots.map(({ bot }) => ownerHash(bot.identity));
    const living = (await stage.control.keys()).filter(({ label }) => hashes.includes(readLabel(label)?.hash ?? ""));
    return living.map((key) => ({ ...key, lastUsedAt: null }));
  }

  it("make their keys in the same sub-accounts at the same time", async () => {
    await Promise.all([stage.stack.up(), other.up()]);
    await stage.assertServed();
    for (const running of others) await running.assertServed();
    assert.deepEqual([(await keysOf(stage.bots)).length, (await keysOf(others)).length], [2, 2]);
    await Promise.all([stage.stack.up("--expect-no-changes"), other.up("--expect-no-changes")]);
  });

  it("rotate and are destroyed without a change to the other's keys", async () => {
    const before = await keysOf(others);
    await stage.control.advance("30d");
    await stage.stack.up();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.stack.must("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await keysOf(stage.bots), []);
    assert.deepEqual(await keysOf(others), before);
    for (const running of others) await running.assertServed();
  });
});

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { Desk, readBots } from "../../harness/desk";
import { freezeTree } from "../../harness/kill";
import type { Stack } from "../../harness/stack";
import { ownerHash, readLabel } from "../../providers/src/core/label";
import type { LivingKey } from "../../sandbox/exchange";
import { Chain } from "../crash/chain";
import { arrival } from "./arrival";
import { bybitKey, okxKey, stackFile } from "./declared";
import { RunningBot } from "./running-bot";
import { Stage } from "./stage";

/** Keys of each exchange: with every exchange that issues any, more than fifty. */
const EACH = 9;

describe("more than fifty keys at once", function () {
  this.timeout(180_000);

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

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("two stacks on one account of each exchange", function () {
  this.timeout(180_000);
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

describe("two runs of one stack", function () {
  this.timeout(180_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const isIssue = ({ operation }: { readonly operation: string }): boolean => operation === "issue";

  it("are kept apart by Pulumi's lock: the second one asks no exchange anything", async () => {
    await stage.control.advance("30d");
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: 6000, operation: "issue", times: 2 });
    const first = stage.stack.start("up", "--yes", "--skip-preview");
    await arrival(stage.control, first, { count: 2, matches: isIssue });
    const asked = (await stage.control.requests()).length;
    const second = await stage.stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(second.code, 0);
    assert.match(second.stdout + second.stderr, /the stack is currently locked/);
    assert.equal((await stage.control.requests()).length, asked);
    assert.equal((await first.ended).code, 0);
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("do no harm where the lock was taken from one that only slept: it wakes up after the other has finished", async () => {
    await stage.control.advance("30d");
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: 3000, operation: "issue", times: 2 });
    const stale = stage.stack.start("up", "--yes", "--skip-preview");
    await arrival(stage.control, stale, { count: 2, matches: isIssue });
    const wake = freezeTree(stale.pid);
    try {
      await stage.stack.must("cancel", "--yes");
      await stage.stack.up();
      await stage.assertServed();
    } finally {
      wake();
    }
    await stale.ended;
    await stage.assertServed();
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { hostsOf, isRunning } from "../../harness/kill";
import { arrival } from "./arrival";
import { bybitKey } from "./declared";
import { Stage } from "./stage";

/** How long the exchange holds an act: longer than it takes to end the CLI, shorter than a request may take. */
const HOLD_MS = 5000;

/** Of a host that has nothing to do any more. A second does on an idle machine. */
const SOON_MS = 8000;

describe("a run whose engine is gone", function () {
  this.timeout(120_000);
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
    await stage.declare({ "bybit-mm": bybitKey() });
  });
  afterEach(() => stage.close());

  for (const signal of ["SIGKILL", "SIGHUP", "SIGTERM"] as const) {
    it(`finishes the act in flight after ${signal} to pulumi alone, and its host ends`, async () => {
      await stage.control.addFault({ kind: "delay", ms: HOLD_MS, operation: "issue" });
      const running = stage.stack.start("up", "--yes", "--skip-preview");
      await arrival(stage.control, running, { count: 1, matches: ({ operation }) => operation === "issue" });
      const [host = 0, ...others] = hostsOf(running.pid);
      assert.ok(host > 0 && others.length === 0, "one host runs");
      process.kill(running.pid, signal);
      await sleep(HOLD_MS / 5);
      assert.equal(isRunning(host), true, "an act is in flight");
      if (signal !== "SIGTERM") assert.equal(isRunning(running.pid), false, "the engine is gone");
      await ended(host);
      await running.ended;
      const [bot] = stage.bots;
      assert.ok(bot);
      assert.deepEqual(
        (await stage.living(bot)).map(({ apiKey }) => apiKey),
        await stage.publishedIds(),
        "the key that was being issued is published",
      );
      await bot.assertServed();
      await stage.stack.must("cancel", "--yes");
      await stage.stack.up();
      await stage.assertSettled();
    });
  }
});

/** @throws AssertionError when it goes on */
async function ended(pid: number): Promise<void> {
  for (let left = (HOLD_MS + SOON_MS) / 100; left > 0 && isRunning(pid); left -= 1) await sleep(100);
  const livesOn = isRunning(pid);
  if (livesOn) process.kill(pid, "SIGKILL");
  assert.equal(livesOn, false, "the host lives on without its engine");
}

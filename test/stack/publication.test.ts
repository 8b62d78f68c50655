import assert from "node:assert/strict";
import { chmod, mkdir, rename, rmdir } from "node:fs/promises";
import { diagnosticsIn } from "../../harness/diagnostics";
import { arrival } from "./arrival";
import { bybitKey, okxKey } from "./declared";
import type { RunningBot } from "./running-bot";
import { Stage } from "./stage";

/** Longer than it takes to swap a file, shorter than a request may take. */
const HOLD_MS = 4000;

describe("publication", function () {
  this.timeout(1_200_000);
  let stage: Stage;
  /** Publishing of its new version is refused from the start; from when the key exists; from when it was published as pending. */
  let [early, issued, pending]: readonly RunningBot[] = [];

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ early: bybitKey("100001"), issued: bybitKey("100002"), pending: okxKey() });
    await stage.stack.up();
    await stage.assertServed();
    [early, issued, pending] = ["early", "issued", "pending"].map((name) => stage.bot(name));
  });
  after(() => stage.close());

  it("denied while rotating: the run fails with the path and the reason, and the old versions stay", async () => {
    assert.ok(early && issued && pending);
    await stage.control.advance("30d");
    await deny(early);
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: HOLD_MS, exchange: "bybit", operation: "issue" });
    await stage.control.addFault({ kind: "delay", ms: HOLD_MS, exchange: "okx", operation: "list", skip: 1 });
    const running = stage.stack.start("up", "--yes", "--skip-preview", "--continue-on-error");
    const held = [
      arrival(stage.control, running, { count: 1, matches: (one) => one.exchange === "bybit" && one.operation === "issue" }),
      arrival(stage.control, running, { count: 2, matches: (one) => one.exchange === "okx" && one.operation === "list" }),
    ];
    await Promise.all([held[0]?.then(() => issued && deny(issued)), held[1]?.then(() => pending && deny(pending))]);
    const run = await running.ended;
    assert.notEqual(run.code, 0);
    const told = diagnosticsIn(run);
    for (const { bot } of stage.bots) {
      assert.match(
        told.get(bot.name) ?? "",
        /PublicationFailed: the document \S+ cannot be \w+ \(code EISDIR\)\. A folder is in the way/,
      );
    }
    const counts = await Promise.all([early, issued, pending].map(async (one) => (await stage.living(one)).length));
    assert.deepEqual(counts, [1, 2, 2]);
    await stage.assertServed();
  });

  it("denied still when the overlap has passed: nothing is retired", async () => {
    await stage.control.advance("26h");
    await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    await stage.assertServed();
  });

  it("allowed again, of one document with all it held lost: successors are published, and the old versions have their overlap", async () => {
    assert.ok(early && issued && pending);
    await allow(early);
    await allow(issued);
    await rmdir(pending.bot.document);
    await stage.stack.up();
    await stage.assertServed();
    for (const running of stage.bots) assert.equal((await stage.living(running)).length, 2);
    await stage.stack.up("--expect-no-changes");
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});

/** Puts a folder in the place of the document, which stops every user. */
async function deny({ bot }: RunningBot): Promise<void> {
  await rename(bot.document, `${bot.document}.aside`);
  await mkdir(bot.document);
}

async function allow({ bot }: RunningBot): Promise<void> {
  await rmdir(bot.document);
  await rename(`${bot.document}.aside`, bot.document);
}

describe("sealing", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ bybit: bybitKey(), okx: okxKey() });
  });
  after(() => stage.close());

  it("denied: the run fails with what to do, and the key that was issued meanwhile is gone again", async () => {
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("30d");
    await chmod(stage.sealingKey, 0o644);
    await stage.control.clearRequests();
    const run = await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    const told = diagnosticsIn(run);
    for (const { bot } of stage.bots) {
      assert.match(told.get(bot.name) ?? "", /SealFailed: the key file .* is open to other users \(mode 644\)\. chmod 600 it/);
    }
    const issued = (await stage.control.requests()).filter(({ operation }) => operation === "issue");
    assert.equal(issued.length, 2, "a key was issued at each exchange");
    for (const running of stage.bots) assert.equal((await stage.living(running)).length, 1);
    await chmod(stage.sealingKey, 0o600);
    await stage.assertServed();
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});

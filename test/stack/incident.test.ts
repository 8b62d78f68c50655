import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { diagnosticsIn } from "../../harness/diagnostics";
import type { Run } from "../../harness/stack";
import type { DeclaredKey } from "./declared";
import { EveryExchange } from "./every-exchange";
import type { RunningBot } from "./running-bot";
import { Stage } from "./stage";

/** Outside an overlap; inside one, with the current version leaked; inside one, with the previous version leaked. */
const CASES = ["calm", "rotated", "older"] as const;

const rotate = (overlap: string, trigger?: string): Partial<DeclaredKey> => ({
  rotate: { every: "30d", overlap, ...(trigger === undefined ? {} : { trigger }) },
});
const all = (change: Partial<DeclaredKey>): Readonly<Record<string, Partial<DeclaredKey>>> =>
  Object.fromEntries(CASES.map((name) => [name, change]));

describe("a key has leaked, on every exchange that issues keys", function () {
  this.timeout(2_400_000);
  let stage: Stage;
  let keys: EveryExchange;
  type Credentials = Awaited<ReturnType<RunningBot["published"]>>;
  /** What whoever stole a key calls with. */
  const leaked = new Map<RunningBot, Credentials>();

  before(async () => {
    stage = await Stage.open();
    keys = await EveryExchange.open(stage, CASES);
    await keys.declare(all(rotate("24h")));
    await stage.stack.up();
    await stage.assertServed();
    await keys.declare({ ...all(rotate("24h")), rotated: rotate("24h", "planned"), older: rotate("24h", "planned") });
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const drift = (): Promise<Run> => stage.stack.run("preview", "--refresh", "--expect-no-changes", "--diff");

  async function assertQuiet(): Promise<void> {
    const quiet = await drift();
    assert.equal(quiet.code, 0, quiet.stdout);
  }

  /** Each key has one version, the published one, which its bot is let in with, and which is none of `before`. */
  async function assertSuperseded(before: ReadonlyMap<RunningBot, readonly string[]>): Promise<void> {
    for (const running of stage.bots) {
      const { apiKey } = await running.published();
      assert.deepEqual(await keys.living(running), [apiKey], running.bot.name);
      assert.ok(!before.get(running)?.includes(apiKey), `${running.bot.name} has a successor`);
      // A bot that follows its document reads the successor.
      assert.equal(await running.call(await running.look()), "accepted", running.bot.name);
    }
  }

  async function livingNow(): Promise<ReadonlyMap<RunningBot, readonly string[]>> {
    const living = stage.bots.map(async (running) => [running, await keys.living(running)] as const);
    return new Map(await Promise.all(living));
  }

  const text = async (): Promise<string> => (await stage.stack.must("stack", "export")).stdout;

  it("a rotation with an overlap, inside one: preview and up refuse it, nothing is recorded, and drift stays 0", async () => {
    const [before, living] = [await text(), await livingNow()];
    const planned = { ...all(rotate("24h")), rotated: rotate("24h", "planned"), older: rotate("24h", "planned") };
    await keys.declare({ ...planned, rotated: rotate("24h", "leak") });
    const refused = /is blocked \(RotationBlocked\): .*declare overlap "0" if the key has leaked/;
    for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const run = await stage.stack.run(...args);
      assert.notEqual(run.code, 0, run.stdout);
      assert.match(run.stdout, refused);
    }
    await keys.declare(planned, { "desk:seal": `local://${stage.sealingKey}.new` });
    const inOverlap = stage.bots.filter(({ bot }) => !bot.name.endsWith("-calm"));
    const targets = inOverlap.flatMap(({ bot }) => ["--target", stage.urn(bot.name)]);
    for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const run = await stage.stack.run(...args, ...targets);
      assert.notEqual(run.code, 0, run.stdout);
      assert.match(run.stdout, /RotationBlocked: .*\(seal\) was asked for.*rotate\.overlap "0" and a new rotate\.trigger/);
    }
    assert.deepEqual(await livingNow(), living);
    assert.deepEqual(recordedIn(await text()), recordedIn(before));
    await keys.declare(planned);
    await assertQuiet();
  });

  it("the runbook, inside and outside an overlap: one run, one living key, and the leaked one is refused", async () => {
    for (const running of stage.bots) {
      const use = running.bot.name.endsWith("-older") ? "previous" : undefined;
      leaked.set(running, await running.published(use));
      assert.equal(await running.call(leaked.get(running) as Credentials), "accepted");
    }
    const before = await livingNow();
    for (const running of keys.bots("rotated", "older")) assert.equal(before.get(running)?.length, 2, running.bot.name);
    // 1. The declaration.
    await keys.declare(all(rotate("0", "leak-2026-11-22")));
    const preview = await stage.stack.run("preview", "--diff");
    assert.equal(preview.code, 0, preview.stdout);
    // 2. One run.
    const targets = stage.bots.flatMap(({ bot }) => ["--target", stage.urn(bot.name)]);
    await stage.stack.up(...targets);
    // 3. Bots.
    await assertSuperseded(before);
    for (const [running, credentials] of leaked) {
      assert.notEqual(await running.call(credentials), "accepted", `what leaked of ${running.bot.name}`);
    }
    await assertQuiet();
    // 4. The overlap is put back. The trigger stays for some and goes for others.
    const after = await livingNow();
    await keys.declare({ ...all(rotate("24h")), rotated: rotate("24h", "leak-2026-11-22") });
    await stage.stack.up();
    assert.deepEqual(await livingNow(), after);
    await assertQuiet();
    await stage.assertSettled();
  });

  it("the runbook while documents cannot be written: the leaked key is ended, and the error says that bots have NO KEY", async () => {
    await keys.declare({ ...all(rotate("24h")), rotated: rotate("24h", "again"), older: rotate("24h", "again") });
    await stage.stack.up();
    await keys.declare(all(rotate("0", "leak-2")));
    await supersedeUnpublished(denyEach, async () => {
      for (const running of stage.bots) await allow(running.bot.document);
    });
    await keys.declare(all(rotate("0", "leak-3")));
    await supersedeUnpublished(
      () => deny(stage.documents, (path) => writeFile(path, "a file in the place of the folder")),
      () => allow(stage.documents),
    );
    await stage.assertSettled();
  });

  const denyEach = async (): Promise<void> => {
    for (const { bot } of stage.bots) await deny(bot.document, (path) => mkdir(path).then(() => undefined));
  };

  /** An incident run while a place of publication is denied, then one when it is mended. */
  async function supersedeUnpublished(denial: () => Promise<void>, mending: () => Promise<void>): Promise<void> {
    const before = await livingNow();
    await denial();
    const failed = await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.equal(failed.code, 1, failed.stdout);
    const said = diagnosticsIn(failed);
    for (const running of stage.bots) {
      assert.match(said.get(running.bot.name) ?? "", /PublicationFailed: .*bots have NO KEY until file:\S+ is mended/s);
      const living = await keys.living(running);
      assert.equal(living.length, 1, running.bot.name);
      assert.ok(!before.get(running)?.includes(living[0] ?? ""), `the keys of ${running.bot.name} that may have leaked are gone`);
    }
    const issued = await livingNow();
    const seen = await drift();
    assert.notEqual(seen.code, 0, "until then drift is not quiet");
    await mending();
    await stage.stack.up();
    assert.deepEqual(await livingNow(), issued, "the successor that was sealed in the state is published");
    await assertSuperseded(before);
    await assertQuiet();
  }
});

/** Puts something else in the place of a document or folder: that stops every user. */
async function deny(path: string, put: (path: string) => Promise<void>): Promise<void> {
  await rename(path, `${path}.aside`);
  await put(path);
}

async function allow(path: string): Promise<void> {
  await rm(path, { recursive: true });
  await rename(`${path}.aside`, path);
}

/** What a state says of keys. Outputs of the stack are gone after a failure. */
function recordedIn(state: string): readonly unknown[] {
  const { resources } = JSON.parse(state).deployment as { resources: readonly { urn: string; outputs?: object }[] };
  const keys = resources.filter(({ urn }) => urn.includes(":ApiKey::")).map(({ urn, outputs }) => [urn, outputs] as const);
  return keys.sort(([one], [other]) => (one < other ? -1 : 1));
}

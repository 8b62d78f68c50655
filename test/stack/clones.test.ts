import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "../../harness/stack";
import { readLabel } from "../../providers/src/core/label";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

/** What the documented exit code of a preview says when the exchange is not as the state has it. */
const DRIFT = 7;

describe("no published key is revoked", function () {
  this.timeout(180_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const publicIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();
  const preview = (): ReturnType<Stack["run"]> => stage.stack.run("preview", "--refresh", "--expect-no-changes", "--diff");

  it("by a move into a component without an alias, nor by the move back", async () => {
    const before = await publicIds();
    const moved = stage.stack.with({ project: join(__dirname, "programs", "component") });
    for (const stack of [moved, stage.stack]) {
      const run = await stack.up();
      for (const name of Object.keys(KEYS)) {
        assert.match(run.stdout + run.stderr, new RegExp(`"${name}": another resource has taken this key over`));
      }
      assert.deepEqual(await publicIds(), before);
      await stage.assertServed();
      await stack.up("--expect-no-changes");
    }
    await stage.assertSettled();
  });

  it("by a clone in a second backend, whichever of the two is up first, nor by runs of both in turn", async () => {
    const file = join(stage.folder, "clone.json");
    await writeFile(file, (await stage.stack.must("stack", "export")).stdout);
    const clone = stage.stack.with({ backend: join(stage.folder, "second") });
    await clone.init();
    await clone.must("stack", "import", "--file", file);
    await clone.up("--expect-no-changes");
    for (const [first, second] of [
      [stage.stack, clone],
      [clone, stage.stack],
    ] as const) {
      await stage.control.advance("30d");
      for (const stack of [first, second]) {
        const published = await stage.publishedIds();
        await stack.up();
        await stage.assertServed();
        const living = await publicIds();
        for (const apiKey of published) assert.ok(living.includes(apiKey), "what was published before the run still lives");
      }
      for (const stack of [second, first]) {
        await stage.control.advance("26h");
        await stack.up();
        await stage.assertServed();
      }
    }
    await clone.up("--refresh");
    await stage.stack.up("--refresh");
    await stage.assertSettled();
  });

  it("and a key under our label that is in no state and no document is reported as orphan or impostor", async () => {
    for (const running of stage.bots) {
      const { exchange, subAccount } = running.bot;
      const [ours] = await stage.living(running);
      const label = ours?.label ?? "";
      const serial = String(readLabel(label)?.serial ?? 0).padStart(4, "0");
      const planted = { subAccount, label: label.replace(serial, "0777"), ips: ["127.0.77.7"] };
      const { apiKey } = await stage.control.addKey(exchange, planted);
      const seen = await preview();
      assert.equal(seen.code, DRIFT, seen.stdout);
      assert.match(seen.stdout, /serial 777.*orphan .* or an impostor/);
      await stage.stack.up("--refresh");
      assert.ok((await publicIds()).includes(apiKey), "it is never revoked by the run that finds it");
      await stage.assertServed();
      await stage.control.advance("26h");
      await stage.stack.up();
      assert.ok(!(await publicIds()).includes(apiKey));
      await stage.assertSettled();
    }
  });
});

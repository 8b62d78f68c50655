import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("no published key is revoked", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const publicIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();

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
});

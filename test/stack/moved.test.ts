import assert from "node:assert/strict";
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
});

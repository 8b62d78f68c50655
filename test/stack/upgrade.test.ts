import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changesIn } from "../../harness/stack";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

/** The code in state is a string inside JSON: this is a comment behind its first line break. */
const COMMENT = "\\n// as an earlier release wrote it\\n";

describe("a new release of the provider", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ bybit: bybitKey(), okx: okxKey() });
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  it("records its code without any call to an exchange", async () => {
    const older = join(stage.folder, "older.json");
    const { stdout } = await stage.stack.must("stack", "export");
    await writeFile(older, stdout.replaceAll(/("__provider": "[^\n]*?)\\n/g, `$1${COMMENT}`));
    await stage.stack.must("stack", "import", "--file", older);
    assert.equal((await readFile(stage.stack.checkpoint, "utf8")).split(COMMENT).length - 1, 4, "in inputs and outputs of both");
    await stage.control.clearRequests();
    assert.equal(changesIn(await stage.stack.up()).updated, 2);
    assert.deepEqual(await stage.control.requests(), []);
    assert.ok(!(await readFile(stage.stack.checkpoint, "utf8")).includes(COMMENT));
    await stage.assertSettled();
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";
import type { Said } from "../cli/terminal";
import { bybitKey, type DeclaredKeys } from "./declared";
import { Stage } from "./stage";

const KEYS = 4;
const program = join(root, "node_modules/pulumi-exchange-keys/dist/cli/main.js");
const word = (budget: number) => ({ "exchange-keys:revocationBudget": String(budget) });

function keys(count: number): DeclaredKeys {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, { ...bybitKey(), bot: `mm-${index}` }]));
}

describe("a run may end few keys:", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(keys(KEYS), word(2));
    await stage.stack.up();
  });
  after(() => stage.close());

  /** The command as a pipeline runs it, with a preview of the stack. */
  async function preflight(...args: readonly string[]): Promise<Said> {
    const { stdout } = await stage.stack.run("preview", "--json", "--show-sames");
    const file = join(stage.folder, "preview.json");
    await writeFile(file, stdout);
    return await new Promise((resolve) => {
      const child = execFile(process.execPath, [program, "preflight", file, ...args], (_, out, err) => {
        resolve({ code: child.exitCode ?? -1, out, err });
      });
    });
  }

  it("preflight allows an update that ends none", async () => {
    assert.deepEqual(await preflight(), { code: 0, out: `0 of ${KEYS} keys would end\n`, err: "" });
  });

  it("preflight names the keys that would end, and refuses too many before anything runs", async () => {
    await stage.declare(keys(1), word(2));
    const { code, out, err } = await preflight();
    assert.equal(code, 3);
    assert.match(out, /^key +how +urn\n─+.*\nkey-1 +delete +urn:[\s\S]*\n\n3 of 4 keys would end\n$/);
    assert.match(
      err,
      /^error: 3 keys of 4, more than 30 %, would end, and at most 2 may\. Do not run the update\. .*config set exchange-keys:revocationBudget 3\n$/,
    );
    const json = await preflight("--json", "--max-keys", "3");
    assert.equal(json.code, 0);
    const { format, budget, refused } = JSON.parse(json.out);
    assert.deepEqual([format, budget, refused], ["exchange-keys/preflight/1", { keys: 3, percent: 30 }, false]);
  });

  it("preflight takes no preview that failed for one that ends nothing", async () => {
    await stage.declare({ ...keys(1), "key-0": { ...bybitKey(), bot: "" } }, word(2));
    const { code, err } = await preflight();
    assert.equal(code, 1);
    assert.match(err, /the preview failed: it holds an error\. Nothing was counted\. Do not run the update/);
    await stage.declare(keys(1), word(2));
  });

  it("the provider stops at the budget, says what is gone, and ends the rest when it is raised", async () => {
    const living = async (): Promise<number> => (await stage.control.keys("bybit")).length;
    const run = await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    assert.match(
      run.stdout + run.stderr,
      /BudgetSpent: a run may end 2 keys; it has ended bybit\/bybit-main\/100001\/key-\d \(….{4}\)/,
    );
    assert.equal(await living(), KEYS - 2);
    await stage.declare(keys(1), word(3));
    await stage.stack.up();
    assert.equal(await living(), 1);
  });
});

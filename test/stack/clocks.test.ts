import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diagnosticsIn } from "../../harness/diagnostics";
import type { Stack } from "../../harness/stack";
import { bybitKey } from "./declared";
import { Stage } from "./stage";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe("a machine whose clock is 40 days ahead", function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ "bybit-mm": bybitKey() });
  });
  after(() => stage.close());

  /** The stack as that machine runs it. The exchange's clock stays. */
  const ahead = async (): Promise<Stack> => {
    const { stack, folder, sandbox } = stage;
    const clock = join(folder, "clock-ahead.json");
    const { offsetMs } = JSON.parse(await readFile(sandbox.files.clock, "utf8"));
    await writeFile(clock, JSON.stringify({ offsetMs: offsetMs + 40 * DAY_MS }), { mode: 0o600 });
    const file = join(folder, "sandbox-ahead.json");
    await writeFile(file, JSON.stringify({ ...sandbox.files, clock }), { mode: 0o600 });
    return stack.with({ env: { ...stack.options.env, EXCHANGE_KEYS_SANDBOX: file } });
  };

  it("ends no overlap and rotates nothing, and says why", async () => {
    await stage.stack.up();
    await stage.control.advance("30d");
    await stage.stack.up();
    const [bot] = stage.bots;
    assert.ok(bot);
    const both = (await stage.living(bot)).map(({ apiKey }) => apiKey);
    assert.equal(both.length, 2);
    const run = await (await ahead()).run("up", "--yes", "--skip-preview");
    assert.notEqual(run.code, 0);
    assert.match(
      diagnosticsIn(run).get("bybit-mm") ?? "",
      /ClockSkew: .* waits: the clock here says \S+Z, the exchange's \S+Z\. Set the clock of the machine/,
    );
    assert.deepEqual(
      (await stage.living(bot)).map(({ apiKey }) => apiKey),
      both,
    );
    await stage.assertServed();
  });

  it("goes on with what is due when its clock is right again", async () => {
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { assertHarmless, ESCAPED, HOSTILE } from "../hostile";
import { bybitKey } from "./declared";
import { Stage } from "./stage";

describe("what an exchange tells of keys obeys no terminal", function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ bybit: bybitKey() });
    await stage.stack.up();
  });
  after(() => stage.close());

  it("in the drift that a refresh shows and the state keeps, and the next up takes it away", async () => {
    const [bot] = stage.bots;
    assert.ok(bot);
    const [key] = await stage.living(bot);
    assert.ok(key);
    await stage.control.editKey("bybit", key.apiKey, { permissions: { Spot: ["SpotTrade"], Odd: [HOSTILE] } });
    const refreshed = await stage.stack.must("refresh", "--yes", "--skip-preview", "--diff");
    // The CLI writes colours and moves the cursor itself.
    assertHarmless(stripVTControlCharacters(refreshed.stdout).replaceAll("\r\n", "\n"));
    const checkpoint = await readFile(stage.stack.checkpoint, "utf8");
    const { resources } = JSON.parse(checkpoint).checkpoint.latest;
    const observed = resources.map((one: { outputs?: { observed?: object } }) => one.outputs?.observed);
    const told = observed.flatMap((drift: object | undefined) => Object.values(drift ?? {}));
    assert.equal(told.length, 1);
    assert.match(told[0], /unknown permissions \+Odd:/);
    assert.match(told[0], ESCAPED);
    assertHarmless(told[0]);
    await stage.stack.up();
    await stage.assertSettled();
  });
});

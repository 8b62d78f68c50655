import assert from "node:assert/strict";
import { Engine } from "./engine";
import { World } from "./world";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("a machine whose clock is wrong", () => {
  const begin = async (): Promise<{ readonly world: World; readonly engine: Engine }> => {
    const world = new World();
    const engine = new Engine(world);
    assert.equal(await engine.up(engine.declared()), "done");
    return { world, engine };
  };
  /** Moves this machine's clock and not the exchange's. */
  const skew = (world: World, ms: number): void => {
    world.now = new Date(world.now.getTime() + ms);
    world.clockDifferenceMs += ms;
  };
  const pass = (world: World, ms: number): void => {
    world.now = new Date(world.now.getTime() + ms);
  };

  for (const ahead of [40 * DAY, -40 * DAY]) {
    it(`by ${ahead / DAY} days ends no overlap, with an error, until it is set`, async () => {
      const { world, engine } = await begin();
      pass(world, 31 * DAY);
      assert.equal(await engine.up(engine.declared()), "done");
      assert.equal(engine.living().length, 2);
      pass(world, 2 * HOUR);
      skew(world, ahead);
      // Behind, nothing is due; ahead, the overlap seems over.
      if (ahead > 0) {
        assert.equal(await engine.up(engine.declared()), "failed");
        assert.match(engine.reason, /ClockSkew: .* waits: the clock here says .*, the exchange's .*/);
      } else {
        await engine.up(engine.declared());
      }
      assert.equal(engine.living().length, 2, "both versions work");
      await engine.assertBotWorks(engine.declared());
      skew(world, -ahead);
      pass(world, 26 * HOUR);
      assert.equal(await engine.up(engine.declared()), "done");
      assert.equal(engine.living().length, 1);
    });
  }

  it("makes no scheduled rotation, with an error, also where only its clock is behind", async () => {
    const { world, engine } = await begin();
    for (const skewed of [40 * DAY, 2 * HOUR, -2 * HOUR]) {
      const now = world.now;
      world.now = new Date(now.getTime() + 31 * DAY);
      world.clockDifferenceMs = skewed;
      assert.equal(await engine.up(engine.declared()), "failed", String(skewed));
      assert.match(engine.reason, /ClockSkew: the scheduled rotation waits/);
      assert.equal(engine.living().length, 1);
      world.now = now;
    }
    world.clockDifferenceMs = HOUR;
    pass(world, 31 * DAY);
    assert.equal(await engine.up(engine.declared()), "done");
    assert.equal(engine.living().length, 2);
  });

  it("makes a first key", async () => {
    const world = new World();
    const engine = new Engine(world);
    skew(world, 40 * DAY);
    assert.equal(await engine.up(engine.declared()), "done");
    await engine.assertBotWorks(engine.declared());
  });

  it("lets an incident go on: at once without an overlap, and with one up to the end that waits", async () => {
    for (const overlap of ["0", "24h"]) {
      const { world, engine } = await begin();
      pass(world, 31 * DAY);
      assert.equal(await engine.up(engine.declared()), "done");
      const leaked = await engine.assertBotWorks(engine.declared());
      skew(world, 40 * DAY);
      const declared = engine.declared({ rotate: { every: "30d", overlap, trigger: "leak-1" } });
      assert.equal(await engine.up(declared), overlap === "0" ? "done" : "failed");
      const current = await engine.assertBotWorks(declared);
      assert.notEqual(current, leaked, "a successor is published");
      assert.deepEqual(engine.living().includes(leaked), overlap !== "0");
      if (overlap === "0") assert.deepEqual(engine.living(), [current]);
      else assert.match(engine.reason, /what ends with an overlap waits/);
    }
  });

  it("repairs what was changed by hand", async () => {
    const { world, engine } = await begin();
    skew(world, -3 * HOUR);
    const [key] = [...world.keys.values()];
    assert.ok(key);
    world.keys.set(key.apiKey, { ...key, ipWhitelist: ["127.0.10.9"] });
    await engine.refresh();
    assert.equal(await engine.up(engine.declared()), "done");
    await engine.assertBotWorks(engine.declared());
  });
});

import assert from "node:assert/strict";
import { Engine } from "./engine";
import { Killed, World } from "./world";

const DELIVER = "awssm://desk/mm";

describe("delivering the opened key", () => {
  let world: World;
  let engine: Engine;
  beforeEach(() => {
    world = new World();
    engine = new Engine(world);
  });

  const declared = (changes: object = {}) => engine.declared({ deliver: DELIVER, ...changes });
  const later = (hours: number) => {
    world.now = new Date(world.now.getTime() + hours * 3_600_000);
  };

  it("follows issue, rotation and retirement, and then rests", async () => {
    assert.equal(await engine.up(declared()), "done");
    assert.deepEqual(world.delivered, { current: 1, previous: undefined, secret: "secret of pub1" });
    assert.equal(await engine.up(declared()), "nothing");
    const rotate = { every: "30d", overlap: "24h", trigger: "now" };
    assert.equal(await engine.up(declared({ rotate })), "done");
    assert.deepEqual(world.delivered, { current: 2, previous: 1, secret: "secret of pub2" });
    later(26);
    assert.equal(await engine.up(declared({ rotate })), "done");
    assert.deepEqual(world.delivered, { current: 2, previous: undefined, secret: "secret of pub2" });
    assert.equal(await engine.up(declared({ rotate })), "nothing");
    await engine.destroy();
    assert.equal(world.delivered, undefined);
  });

  it("comes before the retirement of the version that bots were delivered", async () => {
    await engine.up(declared());
    const rotate = { every: "30d", overlap: "0", trigger: "leaked" };
    world.log.length = 0;
    await engine.up(declared({ rotate }));
    assert.ok(world.log.indexOf("deliver") < world.log.indexOf("revoke"), world.log.join());
  });

  it("is made up for by the next run, wherever the one before was killed", async () => {
    const points: string[] = [];
    world.onPoint = (point) => points.push(point);
    await engine.up(declared());
    assert.ok(points.includes("before deliver"));
    for (const at of points.keys()) {
      world = new World();
      engine = new Engine(world);
      let passed = 0;
      world.onPoint = () => {
        if (passed++ === at) throw new Killed();
      };
      assert.equal(await engine.up(declared()), "killed");
      world.onPoint = () => undefined;
      assert.equal(await engine.up(declared()), "done");
      const apiKey = await engine.assertBotWorks(declared());
      assert.equal(world.delivered?.secret, `secret of ${apiKey}`, points[at]);
    }
  });

  it("that fails stops the run after publication, and the next run goes on", async () => {
    world.onPoint = (point) => {
      if (point === "before deliver") throw new Error("denied");
    };
    assert.equal(await engine.up(declared()), "failed");
    await engine.assertBotWorks(declared());
    world.onPoint = () => undefined;
    assert.equal(await engine.up(declared()), "done");
    assert.equal(world.delivered?.current, 1);
    assert.equal(engine.living().length, 1);
  });

  it("can begin later, and ends an overlap after it is declared no more", async () => {
    await engine.up(engine.declared());
    assert.equal(await engine.up(declared()), "done");
    assert.equal(world.delivered?.current, 1);
    assert.equal(await engine.up(engine.declared()), "done");
    assert.equal(world.delivered?.current, 1);
    later(26);
    assert.equal(await engine.up(engine.declared()), "done");
    assert.equal(world.delivered, undefined);
    assert.equal(await engine.up(engine.declared()), "nothing");
  });

  it("looks first whether the document will hold another version, and asks for no key where it will not", async () => {
    world.maxBytes = 1000;
    assert.equal(await engine.up(engine.declared()), "failed");
    assert.ok(!world.log.includes("issue"));
    assert.equal(world.keys.size, 0);
  });
});

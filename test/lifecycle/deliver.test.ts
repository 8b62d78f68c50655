import assert from "node:assert/strict";
import { newKeyPair } from "../exchanges/key-pair";
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

  it("is done by the call that issues the key without a right to decrypt, at every rotation", async () => {
    world.mayOpen = false;
    assert.equal(await engine.up(declared()), "done");
    const rotate = { every: "30d", overlap: "24h", trigger: "now" };
    assert.equal(await engine.up(declared({ rotate })), "done");
    later(26);
    assert.equal(await engine.up(declared({ rotate })), "done");
    assert.deepEqual(world.delivered, { current: 2, previous: undefined, secret: "secret of pub2" });
  });

  it("of a key that is there already needs that right, loses nothing without it, and is made up for with it", async () => {
    await engine.up(engine.declared());
    world.mayOpen = false;
    for (let run = 0; run < 2; run += 1) {
      assert.equal(await engine.up(declared()), "failed");
      assert.match(engine.reason, /OpenFailed: AWS KMS refused to open/);
      assert.deepEqual([world.delivered, engine.living()], [undefined, ["pub1"]]);
    }
    world.mayOpen = true;
    await engine.assertBotWorks(declared());
    assert.equal(await engine.up(declared()), "done");
    assert.deepEqual(world.delivered, { current: 1, previous: undefined, secret: "secret of pub1" });
    assert.equal(await engine.up(declared()), "nothing");
  });

  it("of a key that is there already can do without that right by a rotation", async () => {
    await engine.up(engine.declared());
    world.mayOpen = false;
    const rotate = { every: "30d", overlap: "24h", trigger: "deliver" };
    assert.equal(await engine.up(declared({ rotate })), "done");
    assert.equal(world.delivered?.secret, "secret of pub2");
    assert.deepEqual(engine.living(), ["pub1", "pub2"]);
  });

  it("that is refused holds up no later rotation, and what bots were delivered lives until they are delivered another", async () => {
    await engine.up(declared());
    world.mayOpen = false;
    world.onPoint = (point) => {
      if (point === "before deliver") throw new Error("denied");
    };
    const rotate = { every: "30d", overlap: "24h", trigger: "one" };
    assert.equal(await engine.up(declared({ rotate })), "failed");
    later(26);
    assert.equal(await engine.up(declared({ rotate })), "failed");
    assert.deepEqual([world.delivered?.secret, engine.living()], ["secret of pub1", ["pub1", "pub2"]]);
    world.onPoint = () => undefined;
    const again = declared({ rotate: { ...rotate, trigger: "two" } });
    assert.equal(await engine.up(again), "done");
    assert.deepEqual([world.delivered?.secret, engine.living()], ["secret of pub3", ["pub2", "pub3"]]);
    later(26);
    assert.equal(await engine.up(again), "done");
    assert.deepEqual(engine.living(), ["pub3"]);
    assert.equal(await engine.up(again), "nothing");
  });

  it("moves with its declaration, and leaves the place before it an overlap later", async () => {
    const elsewhere = declared({ deliver: "awssm://desk/elsewhere" });
    await engine.up(declared());
    assert.equal(await engine.up(elsewhere), "done");
    assert.deepEqual([...world.places.keys()], [DELIVER, "awssm://desk/elsewhere"]);
    assert.equal(await engine.up(elsewhere), "nothing");
    later(26);
    assert.equal(await engine.up(elsewhere), "done");
    assert.deepEqual([...world.places.keys()], ["awssm://desk/elsewhere"]);
    assert.equal(await engine.up(elsewhere), "nothing");
  });

  it("that moves back in the overlap stays there", async () => {
    const elsewhere = declared({ deliver: "awssm://desk/elsewhere" });
    for (const between of [elsewhere, engine.declared()]) {
      for (const one of [declared(), between, declared()]) await engine.up(one);
      later(26);
      await engine.up(declared());
      assert.deepEqual([...world.places.keys()], [DELIVER]);
      assert.equal(await engine.up(declared()), "nothing");
    }
  });

  it("has nothing to do while the current version's secret is the bot's own, and begins with the next", async () => {
    const publicKey = newKeyPair().publicKey.trimEnd();
    assert.equal(await engine.up(engine.declared({ publicKey })), "done");
    assert.equal(await engine.up(declared({ publicKey })), "done");
    assert.equal(world.places.size, 0);
    const rotate = { every: "30d", overlap: "24h", trigger: "now" };
    assert.equal(await engine.up(declared({ rotate })), "done");
    assert.equal(world.delivered?.secret, `secret of ${await engine.assertBotWorks(declared())}`);
  });

  it("looks first whether the document will hold another version, and asks for no key where it will not", async () => {
    world.maxBytes = 1000;
    assert.equal(await engine.up(engine.declared()), "failed");
    assert.ok(!world.log.includes("issue"));
    assert.equal(world.keys.size, 0);
  });
});

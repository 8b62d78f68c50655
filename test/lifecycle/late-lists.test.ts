import assert from "node:assert/strict";
import { DAY_MS } from "../../providers/src/core/duration";
import { KeyError } from "../../providers/src/core/errors";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { Killed, World } from "./world";

const TRIGGERED = { every: "30d", overlap: "24h", trigger: "now" };

const notices = ({ log }: World): readonly string[] => log.filter((line) => line.startsWith("notice"));

const count = (world: World, act: string): number => world.log.filter((line) => line === act).length;

/** Lists show what was issued or set only when the exchange's time for that is over. */
describe("lists that are late", () => {
  for (const kind of ["plain", "managed", "unlabelled"] satisfies Kind[]) {
    it(`drop no key that was just issued, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      assert.equal(await engine.up(engine.declared()), "done");
      assert.equal(count(world, "issue"), 1);
      assert.equal(await engine.assertBotWorks(engine.declared()), "pub1");
    });

    it(`hide no key of a lost answer: it is revoked in the same run, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      world.onPoint = (point) => {
        if (point === "after issue" && count(world, "issue") === 1)
          throw new KeyError({ kind: "OutcomeUnknown", message: "the answer was lost" });
      };
      assert.equal(await engine.up(engine.declared()), "done");
      assert.deepEqual([engine.living(), engine.state?.outputs.strays], [["pub2"], undefined]);
    });

    it(`do not make a change be asked for twice, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      await engine.up(engine.declared());
      const declared = engine.declared({ ipWhitelist: ["127.0.10.9"] });
      assert.equal(await engine.up(declared), "done");
      assert.equal(count(world, "set"), 1);
      await engine.assertBotWorks(declared);
    });

    it(`make no stray of what the run revoked, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      const rotated = engine.declared({ rotate: TRIGGERED });
      await engine.up(engine.declared());
      await engine.up(rotated);
      world.now = new Date(world.now.getTime() + 2 * DAY_MS);
      assert.equal(await engine.up(rotated), "done");
      assert.deepEqual([engine.living(), engine.state?.outputs.strays], [["pub2"], undefined]);
      assert.deepEqual(notices(world), []);
      const leaked = engine.declared({ rotate: { every: "30d", overlap: "0", trigger: "leaked" } });
      assert.equal(await engine.up(leaked), "done");
      assert.deepEqual([engine.living(), engine.state?.outputs.strays], [["pub3"], undefined]);
      assert.doesNotMatch(notices(world).join(), /was in no state/);
    });

    it(`hide no key of a run that was killed a moment ago, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      await engine.up(engine.declared());
      const declared = engine.declared({ rotate: TRIGGERED });
      world.onPoint = (point) => {
        if (point === "after issue") throw new Killed(point);
      };
      assert.equal(await engine.up(declared), "killed");
      world.onPoint = () => undefined;
      world.startsAfterMs = 10;
      await engine.up(declared);
      world.startsAfterMs = undefined;
      const lost = engine.state?.outputs.strays?.find(({ apiKey }) => apiKey === "pub2");
      assert.equal(lost?.lost, true, "it is known that nobody can hold it");
      assert.equal(await engine.assertBotWorks(declared), "pub3");
    });
  }

  it("are believed after one wait: a revocation that came to nothing is tried again, and then an error", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    world.revokesInVain = true;
    const leaked = engine.declared({ rotate: { every: "30d", overlap: "0", trigger: "leaked" } });
    assert.equal(await engine.up(leaked), "failed");
    assert.match(engine.reason, /VerificationFailed/);
    assert.notEqual(engine.state?.outputs.servedTrigger, "leaked");
    world.revokesInVain = false;
    assert.equal(await engine.up(leaked), "done");
    assert.deepEqual(engine.living(), ["pub2"]);
  });
});

describe("a key that one list lacks", () => {
  it("stays a version, because the second look shows it", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    world.onPoint = (point) => {
      // The first list of the run lacks it.
      if (point === "before list") world.lists.lacking.add("pub1");
      if (point === "after list") world.onPoint = () => world.lists.lacking.clear();
    };
    const declared = engine.declared({ ipWhitelist: ["127.0.10.9"] });
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual([count(world, "issue"), count(world, "set")], [1, 1]);
    assert.equal(await engine.assertBotWorks(declared), "pub1");
  });

  it("is not gone by a read while its overlap's other version is: a read by id finds it", async () => {
    const world = new World();
    world.findsById = true;
    const engine = new Engine(world);
    const declared = engine.declared({ rotate: TRIGGERED });
    await engine.up(engine.declared());
    await engine.up(declared);
    assert.deepEqual(engine.living(), ["pub1", "pub2"]);
    world.lists.lacking.add("pub1").add("pub2");
    world.keys.delete("pub1");
    assert.equal((await engine.refresh()).gone, false);
    world.keys.delete("pub2");
    assert.equal((await engine.refresh()).gone, true);
  });

  it("is dropped by no run while a read by id finds it", async () => {
    const world = new World();
    world.findsById = true;
    const engine = new Engine(world);
    await engine.up(engine.declared());
    world.lists.lacking.add("pub1");
    const declared = engine.declared({ ipWhitelist: ["127.0.10.9"] });
    assert.equal(await engine.up(declared), "failed");
    assert.match(engine.reason, /VerificationFailed: "drop" was done 2 times/);
    assert.equal(count(world, "issue"), 1);
    assert.deepEqual(
      world.documents.get(declared.publish)?.versions.map(({ apiKey }) => apiKey),
      ["pub1"],
    );
  });
});

describe("answers to issues that are lost again and again", () => {
  it("end the run after the second, and nothing of them lives", async () => {
    const world = new World();
    const engine = new Engine(world);
    world.onPoint = (point) => {
      if (point === "after issue") throw new KeyError({ kind: "OutcomeUnknown", message: "the answer was lost" });
    };
    assert.equal(await engine.up(engine.declared()), "failed");
    assert.match(engine.reason, /OutcomeUnknown: the answer was lost/);
    assert.equal(count(world, "issue"), 2);
    assert.deepEqual(engine.living(), []);
  });
});

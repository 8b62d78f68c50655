import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { type ErrorKind, KeyError } from "../../providers/src/core/errors";
import { Engine } from "./engine";
import { Killed, World } from "./world";

const DAY = 24 * HOUR_MS;

type Declared = ReturnType<Engine["declared"]>;

function later(world: World, milliseconds: number): void {
  world.now = new Date(world.now.getTime() + milliseconds);
}

async function begun(world = new World()): Promise<{ engine: Engine; declared: Declared }> {
  const engine = new Engine(world);
  const declared = engine.declared();
  assert.equal(await engine.up(declared), "done");
  return { engine, declared };
}

/** A second resource of the same state, as in a copy of a stack. */
function copyOf({ world, state }: Engine): Engine {
  const copy = new Engine(world);
  copy.state = structuredClone(state);
  return copy;
}

function killAfter(world: World, point: string, count = 1): void {
  let left = count;
  world.onPoint = (reached) => {
    if (reached !== `after ${point}`) return;
    left -= 1;
    if (left === 0) throw new Killed(point);
  };
}

describe("a replacing run that dies before it is recorded", () => {
  it("leaves a key that the old resource goes on with: edits, rotates, retires, destroys", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    killAfter(world, "publish");
    assert.equal(await new Engine(world).up(declared), "killed");
    world.onPoint = () => undefined;
    const edited = { ...declared, ipWhitelist: ["127.0.10.9"] };
    assert.equal(await engine.up(edited), "done");
    later(world, 30 * DAY);
    assert.equal(await engine.up(edited), "done");
    later(world, 26 * HOUR_MS);
    assert.equal(await engine.up(edited), "done");
    assert.deepEqual(engine.living(), [await engine.assertBotWorks(edited)]);
    await engine.destroy();
    assert.deepEqual(engine.living(), []);
    assert.equal(world.documents.size, 0);
  });

  it("may die more than once", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    for (let run = 0; run < 3; run += 1) {
      killAfter(world, "publish");
      assert.equal(await new Engine(world).up(declared), "killed");
    }
    world.onPoint = () => undefined;
    assert.equal(await engine.up({ ...declared, ipWhitelist: ["127.0.10.9"] }), "done");
  });

  it("has nothing to take back once the new resource has gone on", async () => {
    const { engine, declared } = await begun();
    const replacing = new Engine(engine.world);
    assert.equal(await replacing.up(declared), "done");
    assert.equal(await replacing.up({ ...declared, ipWhitelist: ["127.0.10.9"] }), "done");
    assert.equal(await engine.up({ ...declared, ipWhitelist: ["127.0.10.8"] }), "failed");
  });
});

describe("a replacement that publishes elsewhere", () => {
  it("leaves the old key its overlap: the deletion of the old resource revokes nothing, and ends with an error", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    const used = await engine.assertBotWorks(declared);
    const replacing = new Engine(world);
    const moved = { ...declared, publish: "file:///elsewhere.json" };
    assert.equal(await replacing.up(moved), "done");
    await assert.rejects(
      engine.destroy(),
      /Conflict: .*key with serial 2 under its label is newer than all .*pulumi state delete/,
    );
    assert.ok(world.keys.has(used), "bots that read the old place hold it");
    later(world, 26 * HOUR_MS);
    assert.equal(await replacing.up(moved), "done");
    assert.deepEqual(replacing.living(), [await replacing.assertBotWorks(moved)]);
  });
});

describe("a key whose sub-account the exchange does not list any more", () => {
  it("is deleted all the same, and any other refusal stops the deletion", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    const refuse = (kind: ErrorKind) => (point: string) => {
      if (point === "before list") throw new KeyError({ kind, message: "no" });
    };
    world.onPoint = refuse("Unavailable");
    await assert.rejects(engine.destroy(), /Unavailable/);
    assert.equal(await engine.assertBotWorks(declared), "pub1");
    world.onPoint = refuse("PermissionDenied");
    await engine.destroy();
    assert.deepEqual(engine.living(), []);
  });
});

describe("a copy of a stack that publishes elsewhere", () => {
  it("is told when the original goes on, and ends neither its key nor its document", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    const copy = copyOf(engine);
    const moved = { ...declared, publish: "file:///copy.json" };
    assert.equal(await copy.up(moved), "done");
    const rotated = { ...declared, rotate: { ...declared.rotate, trigger: "now" } };
    assert.equal(await engine.up(rotated), "done");
    const used = await engine.assertBotWorks(rotated);
    for (const hours of [1, 26, 26]) {
      later(world, hours * HOUR_MS);
      assert.equal(await copy.up({ ...moved, ipWhitelist: [`127.0.20.${hours}`] }), "failed");
      assert.match(copy.reason, /Conflict: .*was written since: a copy of this stack goes on with the same key/);
    }
    assert.ok(world.keys.has(used));
    assert.ok(world.documents.has(declared.publish));
  });
});

describe("a stray that a document names again", () => {
  it("is a version like others: bots may hold it", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    const checkpoint = { state: engine.state, document: structuredClone(world.documents.get(declared.publish)) };
    later(world, 30 * DAY);
    assert.equal(await engine.up(declared), "done");
    const newer = structuredClone(world.documents.get(declared.publish));
    const used = await engine.assertBotWorks(declared);
    assert.ok(checkpoint.document && newer);
    engine.state = checkpoint.state;
    world.documents.set(declared.publish, checkpoint.document);
    const edited = { ...declared, rotate: { every: "60d", overlap: "24h" } };
    await engine.up({ ...edited, ipWhitelist: ["127.0.10.9"] });
    assert.deepEqual(
      engine.state?.outputs.strays?.map(({ apiKey }) => apiKey),
      [used],
    );
    world.documents.set(declared.publish, newer);
    for (const last of [8, 7, 6]) {
      later(world, 13 * HOUR_MS);
      const moved = { ...edited, ipWhitelist: [`127.0.10.${last}`] };
      await engine.up(moved);
      assert.equal(await engine.assertBotWorks(moved), used);
    }
    assert.equal(engine.state?.outputs.strays, undefined);
  });
});

describe("an issue that nobody saw the end of, before the identity changes", () => {
  it("is ended all the same where that takes the key's own passphrase", async () => {
    for (const change of [{ bot: "mm-2" }, { name: "mm-new" }]) {
      const world = new World("managed");
      const { engine, declared } = await begun(world);
      later(world, 30 * DAY);
      killAfter(world, "issue");
      assert.equal(await engine.up(declared), "killed");
      world.onPoint = () => undefined;
      const renamed = { ...declared, ...change };
      assert.equal(await engine.up(renamed), "done", engine.reason);
      later(world, 26 * HOUR_MS);
      assert.equal(await engine.up(renamed), "done", engine.reason);
      assert.deepEqual(engine.living(), [await engine.assertBotWorks(renamed)]);
    }
  });
});

describe("strays beyond the budget of revocations", () => {
  it("stay, and hold up no rotation; the error names the word", async () => {
    const { engine, declared } = await begun();
    const { world } = engine;
    const document = world.documents.get(declared.publish);
    const { state } = engine;
    later(world, 30 * DAY);
    await engine.up(declared);
    engine.state = state;
    assert.ok(document);
    world.documents.set(declared.publish, document);
    await engine.up(declared);
    assert.equal(engine.state?.outputs.strays?.length, 1);
    world.revocationBudget = 0;
    later(world, 30 * DAY);
    assert.equal(await engine.up(declared), "failed");
    assert.match(engine.reason, /BudgetSpent: a run may end 0 keys.*exchange-keys:revocationBudget/);
    const current = await engine.assertBotWorks(declared);
    assert.equal(world.documents.get(declared.publish)?.versions.find(({ apiKey }) => apiKey === current)?.serial, 4);
    world.revocationBudget = 1;
    later(world, 26 * HOUR_MS);
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual(engine.living(), [current]);
  });
});

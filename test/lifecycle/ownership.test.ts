import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { KeyError } from "../../providers/src/core/errors";
import { Engine } from "./engine";
import { World } from "./world";

const DAY = 24 * HOUR_MS;

function later(world: World, milliseconds: number): void {
  world.now = new Date(world.now.getTime() + milliseconds);
}

describe("a published key is never revoked", () => {
  it("by --replace or a rename without alias: create takes it over, delete of the old resource forgets it", async () => {
    const world = new World();
    const old = new Engine(world);
    const declared = old.declared();
    await old.up(declared);
    const current = await old.assertBotWorks(declared);
    const replacing = new Engine(world);
    assert.equal(await replacing.up(declared), "done");
    await old.destroy();
    assert.equal(await replacing.assertBotWorks(declared), current);
    assert.equal(await replacing.up(declared), "nothing");
  });

  it("by a checkpoint three serials old", async () => {
    const world = new World();
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    const checkpoint = engine.state;
    for (let rotation = 0; rotation < 3; rotation += 1) {
      later(world, 30 * DAY);
      await engine.up(declared);
      later(world, 26 * HOUR_MS);
      await engine.up(declared);
    }
    const current = await engine.assertBotWorks(declared);
    engine.state = checkpoint;
    await engine.up(declared);
    assert.equal(await engine.assertBotWorks(declared), current);
    assert.deepEqual(engine.living(), [current]);
    assert.equal(await engine.up(declared), "nothing");
  });

  it("by a checkpoint and a document that are both old: what lives gets its overlap", async () => {
    const world = new World();
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    const backup = { state: engine.state, document: structuredClone(world.documents.get(declared.publish)) };
    later(world, 30 * DAY);
    await engine.up(declared);
    later(world, 26 * HOUR_MS);
    await engine.up(declared);
    const used = await engine.assertBotWorks(declared);
    engine.state = backup.state;
    assert.ok(backup.document);
    world.documents.set(declared.publish, backup.document);
    await engine.up(declared);
    assert.ok(world.keys.has(used), "the key that bots use has its overlap");
    assert.match(world.log.join("\n"), /notice .*in no state; it keeps working until/);
    later(world, 26 * HOUR_MS);
    await engine.up(declared);
    assert.deepEqual(engine.living(), [await engine.assertBotWorks(declared)]);
  });

  it("by a second stack that took the key over: the first takes it back, and the second is told and touches nothing", async () => {
    const world = new World();
    const first = new Engine(world);
    const declared = first.declared();
    await first.up(declared);
    const second = new Engine(world);
    await second.up(declared);
    const moved = { ...declared, ipWhitelist: ["127.0.10.9"] };
    assert.equal(await first.up(moved), "done");
    assert.match(world.log.join("\n"), /notice .*it is managed from here again\. If another stack declares it too/);
    const before = world.log.length;
    assert.equal(await second.up({ ...declared, ipWhitelist: ["127.0.10.8"] }), "failed");
    assert.match(second.reason, /Conflict: .* is not ours: another resource has taken this key over/);
    assert.deepEqual(world.log.slice(before), ["read document"]);
    await second.destroy();
    await first.assertBotWorks(moved);
  });

  it("when one of two versions is deleted out of band: the other stays, and a successor is issued", async () => {
    const world = new World();
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    const first = await engine.assertBotWorks(declared);
    later(world, 30 * DAY);
    await engine.up(declared);
    const second = await engine.assertBotWorks(declared);
    world.keys.delete(second);
    const observation = await engine.refresh();
    assert.ok(!observation.gone && JSON.stringify(observation.drift).includes("is gone from the exchange"));
    await engine.up(declared);
    assert.ok(world.keys.has(first), "the previous version still has its overlap");
    assert.notEqual(await engine.assertBotWorks(declared), second);
  });
});

describe("gone", () => {
  it("means that no version lives; the next up issues the next serial", async () => {
    const world = new World();
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    world.keys.clear();
    assert.deepEqual(await engine.refresh(), { gone: true });
    await engine.up(declared);
    await engine.assertBotWorks(declared);
    assert.equal(engine.state?.outputs.sealed.versions[0]?.serial, 2);
  });

  it("is never concluded from a refusal", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    world.onPoint = (point) => {
      if (point === "before list") throw Object.assign(new Error("refused"), { kind: "PermissionDenied" });
    };
    await assert.rejects(engine.refresh(), /refused/);
    assert.notEqual(engine.state, undefined);
  });
});

describe("a key that cannot be sealed", () => {
  it("is revoked at once, and the run fails with the sealer's error", async () => {
    const world = new World();
    const engine = new Engine(world);
    world.onPoint = (point) => {
      if (point === "before seal") throw new Error("denied");
    };
    assert.equal(await engine.up(engine.declared()), "failed");
    assert.deepEqual(engine.living(), []);
    assert.equal(engine.state?.outputs.status, "unfinished");
  });
});

describe("an exchange that makes a key wider than asked", () => {
  it("fails the run, and the new key is gone again", async () => {
    const world = new World();
    const engine = new Engine(world);
    world.onPoint = (point) => {
      if (point !== "after issue") return;
      for (const [id, key] of world.keys) world.keys.set(id, { ...key, scopes: [...key.scopes, "transfer"] });
    };
    const declared = engine.declared();
    assert.equal(await engine.up(declared), "failed");
    assert.deepEqual(engine.living(), []);
    assert.deepEqual(world.documents.get(declared.publish)?.versions, []);
  });
});

describe("an overlap of 0", () => {
  it("retires the old version in the run that publishes the new one", async () => {
    const engine = new Engine(new World());
    await engine.up(engine.declared());
    const leaked = engine.living();
    const declared = engine.declared({ rotate: { every: "30d", overlap: "0", trigger: "leak" } });
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual(engine.living(), [await engine.assertBotWorks(declared)]);
    assert.notDeepEqual(engine.living(), leaked);
    assert.equal(await engine.up(declared), "nothing");
  });
});

describe("an answer to an issue that cannot be read", () => {
  it("fails the run; the key that nobody can open is gone again, and the one in use stays", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    const used = engine.living();
    world.onPoint = (point) => {
      if (point === "after issue") throw new KeyError({ kind: "BadResponse", message: "no secret in it" });
    };
    const declared = engine.declared({ rotate: { every: "30d", overlap: "24h", trigger: "now" } });
    assert.equal(await engine.up(declared), "failed");
    assert.deepEqual(engine.living(), used);
    await engine.assertBotWorks(declared);
  });
});

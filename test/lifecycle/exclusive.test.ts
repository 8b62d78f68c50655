import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { KeyError } from "../../providers/src/core/errors";
import { Engine } from "./engine";
import { Killed, World } from "./world";

const DAY = 24 * HOUR_MS;

function later(world: World, milliseconds: number): void {
  world.now = new Date(world.now.getTime() + milliseconds);
}

function unlabelled(): { world: World; engine: Engine } {
  const world = new World("unlabelled");
  return { world, engine: new Engine(world) };
}

/** A key that somebody made by hand. */
function addByHand(world: World, apiKey: string): void {
  const facts = { label: "", scopes: ["read"], unknownFlags: [], ipWhitelist: [], expired: false } as const;
  world.keys.set(apiKey, { apiKey, subAccount: "sub1", ...facts });
}

const notices = (world: World): string => world.log.filter((line) => line.startsWith("notice")).join("\n");

describe("an exclusive sub-account without labels", () => {
  it("that holds a key before the first issue is refused with the end of its id; nothing is issued and nothing revoked", async () => {
    const { world, engine } = unlabelled();
    addByHand(world, "somebody-elses-9876");
    assert.equal(await engine.up(engine.declared()), "failed");
    assert.match(engine.reason, /Conflict: .*declared exclusive, but holds keys that no document names: …9876/);
    assert.deepEqual(engine.living(), ["somebody-elses-9876"]);
    assert.ok(!world.log.includes("issue") && !world.log.includes("revoke"), world.log.join());
    world.keys.clear();
    assert.equal(await engine.up(engine.declared()), "done");
    await engine.assertBotWorks(engine.declared());
  });

  it("gives a key that no document names an overlap, says so, and retires it then", async () => {
    const { world, engine } = unlabelled();
    const declared = engine.declared();
    await engine.up(declared);
    addByHand(world, "unknown-5432");
    const observation = await engine.refresh();
    assert.ok(!observation.gone);
    assert.deepEqual(observation.drift, { "key …5432": "lives in the exclusive sub-account, but in no state" });
    await engine.up(declared);
    assert.ok(world.keys.has("unknown-5432"));
    assert.match(notices(world), /key …5432 was in no state; it keeps working until/);
    assert.equal(await engine.up(declared), "nothing");
    later(world, 26 * HOUR_MS);
    await engine.up(declared);
    assert.deepEqual(engine.living(), [await engine.assertBotWorks(declared)]);
  });

  it("restored from a backup made in the middle of an issue keeps the key in use for an overlap", async () => {
    const { world, engine } = unlabelled();
    const declared = engine.declared();
    await engine.up(declared);
    later(world, 30 * DAY);
    world.onPoint = (point) => {
      if (point === "before issue") throw new Killed(point);
    };
    assert.equal(await engine.up(declared), "killed");
    world.onPoint = () => undefined;
    const backup = { state: engine.state, document: structuredClone(world.documents.get(declared.publish)) };
    assert.ok(backup.document?.intent?.before !== undefined);
    await engine.up(declared);
    const used = await engine.assertBotWorks(declared);
    later(world, 2 * HOUR_MS);
    engine.state = backup.state;
    world.documents.set(declared.publish, backup.document);
    await engine.up(declared);
    assert.ok(world.keys.has(used), "the key that bots use has its overlap");
  });

  it("revokes the key of a lost answer in the same run, and no other", async () => {
    const { world, engine } = unlabelled();
    await engine.up(engine.declared());
    const [used] = engine.living();
    let lost = 0;
    world.onPoint = (point) => {
      if (point !== "after issue" || lost > 0) return;
      lost += 1;
      throw new KeyError({ kind: "OutcomeUnknown", message: "the answer was lost" });
    };
    const declared = engine.declared({ rotate: { every: "30d", overlap: "24h", trigger: "now" } });
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual(engine.living(), [used, await engine.assertBotWorks(declared)]);
    assert.equal(world.documents.get(declared.publish)?.lastSerial, 3);
  });

  it("is gone only when no key lives in it at all", async () => {
    const { world, engine } = unlabelled();
    await engine.up(engine.declared());
    const [one] = [...world.keys.keys()];
    world.keys.delete(one ?? "");
    addByHand(world, "unknown-5432");
    assert.equal((await engine.refresh()).gone, false);
    world.keys.clear();
    assert.equal((await engine.refresh()).gone, true);
  });
});

describe("a scope that no read shows", () => {
  it("is declared by a rotation, and taken back by one that takes it from the superseded version at once", async () => {
    const { world, engine } = unlabelled();
    await engine.up(engine.declared());
    const wide = engine.declared({ scopes: ["read", "spot", "transfer"] });
    assert.equal(await engine.up(wide), "done");
    const second = await engine.assertBotWorks(wide);
    assert.equal(await engine.up(wide), "nothing");
    later(world, 26 * HOUR_MS);
    await engine.up(wide);
    const narrow = engine.declared();
    assert.equal(await engine.up(narrow), "done");
    assert.deepEqual(world.keys.get(second)?.scopes, ["read", "spot"], "in its overlap it may not transfer any more");
    assert.notEqual(await engine.assertBotWorks(narrow), second);
    assert.equal(await engine.up(narrow), "nothing");
  });
});

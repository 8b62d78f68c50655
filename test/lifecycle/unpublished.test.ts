import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import type { SealedDocument } from "../../providers/src/seal/document";
import { Engine } from "./engine";
import { World } from "./world";

const TRIGGERED = { every: "30d", overlap: "24h", trigger: "now" };

function later(world: World, hours: number): void {
  world.now = new Date(world.now.getTime() + hours * HOUR_MS);
}

/** In the next run somebody else changes the document after it was read first. */
function meanwhile(world: World, change: () => void): void {
  world.onPoint = (point) => {
    if (point !== "after list") return;
    world.onPoint = () => undefined;
    change();
  };
}

/** What somebody else may do to the document. */
const CHANGES = {
  "is gone": (world: World, url: string) => world.documents.delete(url),
  "shows an older version": (world: World, url: string, old: SealedDocument) => world.documents.set(url, old),
};

describe("nothing is retired while bots cannot read the current version", () => {
  for (const [how, change] of Object.entries(CHANGES)) {
    it(`because the document ${how} since the run began: no superseded version`, async () => {
      const world = new World();
      const engine = new Engine(world);
      await engine.up(engine.declared());
      const old = structuredClone(world.documents.get(engine.declared().publish));
      assert.ok(old !== undefined);
      const declared = engine.declared({ rotate: TRIGGERED });
      assert.equal(await engine.up(declared), "done");
      later(world, 26);
      meanwhile(world, () => change(world, declared.publish, old));
      assert.equal(await engine.up(declared), "failed");
      assert.match(engine.reason, /Conflict: .*did not show the current version; it was published again and nothing was retired/);
      assert.deepEqual(engine.living(), ["pub1", "pub2"]);
      assert.equal(await engine.assertBotWorks(declared), "pub2");
      assert.equal(await engine.up(declared), "done");
      assert.deepEqual(engine.living(), ["pub2"]);
    });

    it(`because the document ${how} since the run began: no stray`, async () => {
      const world = new World();
      const engine = new Engine(world);
      await engine.up(engine.declared());
      const old = structuredClone(world.documents.get(engine.declared().publish));
      assert.ok(old !== undefined);
      const declared = engine.declared({ rotate: { ...TRIGGERED, overlap: "0" } });
      assert.equal(await engine.up(declared), "done");
      const [key] = [...world.keys.values()];
      assert.ok(key !== undefined);
      world.keys.set("stray", { ...key, apiKey: "stray", label: key.label.replace("0002", "0007") });
      const kept = { ...declared, rotate: TRIGGERED, ipWhitelist: ["127.0.10.9"] };
      assert.equal(await engine.up(kept), "done");
      assert.deepEqual(engine.living(), ["pub2", "stray"]);
      later(world, 26);
      meanwhile(world, () => change(world, declared.publish, old));
      assert.equal(await engine.up(kept), "failed");
      assert.match(engine.reason, /Conflict: .*nothing was retired/);
      assert.equal(engine.state?.outputs.status, "unfinished");
      assert.deepEqual(engine.living(), ["pub2", "stray"]);
      assert.equal(await engine.up(kept), "done");
      assert.deepEqual(engine.living(), ["pub2"]);
    });
  }
});

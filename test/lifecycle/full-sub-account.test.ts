import assert from "node:assert/strict";
import { KeyError } from "../../providers/src/core/errors";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { Engine } from "./engine";
import { World } from "./world";

describe("a full sub-account", () => {
  async function withStray(world = new World()): Promise<{ world: World; engine: Engine; stray: string }> {
    const engine = new Engine(world);
    const declared = engine.declared();
    await engine.up(declared);
    const [key] = [...world.keys.values()];
    assert.ok(key !== undefined);
    world.keys.set("stray", { ...key, apiKey: "stray", label: key.label.replace("0001", "0007") });
    await engine.up({ ...declared, ipWhitelist: ["127.0.10.7"] });
    assert.match(world.log.join("\n"), /notice .*serial 7 was in no state/);
    return { world, engine, stray: "stray" };
  }

  it("gives up a stray for the successor, and says so", async () => {
    const { world, engine, stray } = await withStray();
    const declared = engine.declared({ ipWhitelist: ["127.0.10.7"], rotate: { every: "30d", overlap: "24h", trigger: "now" } });
    world.onPoint = (point) => {
      if (point === "before issue" && world.keys.has(stray)) throw new KeyError({ kind: "LimitReached", message: "full" });
    };
    assert.equal(await engine.up(declared), "done");
    assert.ok(!world.keys.has(stray));
    assert.match(world.log.join("\n"), /notice .*serial 7 is revoked NOW/);
    await engine.assertBotWorks(declared);
  });

  const successor = { rotate: { every: "30d", overlap: "24h", trigger: "now" } };

  /** Keys of somebody else, until the sub-account holds as many as the exchange lets it. */
  function fill(world: World, descriptor: Descriptor): void {
    const [key] = [...world.keys.values()];
    assert.ok(key !== undefined);
    const quota = descriptor.limits.keysPerSubAccount.value;
    for (let number = world.keys.size; number < quota; number += 1) {
      world.keys.set(`foreign${number}`, { ...key, apiKey: `foreign${number}`, label: "byhand" });
    }
  }

  // Where keys carry no label, nobody else's fill a sub-account: it is exclusive.
  const shareable = DESCRIPTORS.filter(({ operations, label }) => operations.issue.can === "yes" && label.value !== "none");
  for (const descriptor of shareable) {
    it(`of ${descriptor.title} gives up a stray before anything is refused`, async () => {
      const { world, engine, stray } = await withStray(new World("plain", descriptor));
      fill(world, descriptor);
      const before = world.keys.size;
      world.onPoint = (point) => {
        if (point === "before issue") assert.ok(world.keys.size < before, "there is room by now");
      };
      const declared = engine.declared({ ipWhitelist: ["127.0.10.7"], ...successor });
      assert.equal(await engine.up(declared), "done");
      assert.ok(!world.keys.has(stray));
      assert.match(world.log.join("\n"), /notice .*serial 7 is revoked NOW/);
      assert.equal(world.keys.size, before);
      await engine.assertBotWorks(declared);
    });

    const { confirmed } = descriptor.limits.keysPerSubAccount;
    it(`of ${descriptor.title} ${confirmed ? "is known before it is asked" : "is for the exchange to say"}`, async () => {
      const world = new World("plain", descriptor);
      const engine = new Engine(world);
      await engine.up(engine.declared());
      fill(world, descriptor);
      let asked = false;
      world.onPoint = (point) => {
        if (point !== "before issue") return;
        asked = true;
        throw new KeyError({ kind: "InvalidInput", message: "refused", code: "4711" });
      };
      assert.equal(await engine.up(engine.declared(successor)), "failed");
      assert.equal(asked, !confirmed);
      assert.match(engine.reason, /issue: LimitReached: sub-account .* holds \d+ keys/);
      await engine.assertBotWorks(engine.declared());
    });
  }

  it("is an error when there is no stray to give up, and the current version keeps working", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    world.onPoint = (point) => {
      if (point === "before issue") throw new KeyError({ kind: "LimitReached", message: "full" });
    };
    assert.equal(await engine.up(engine.declared({ rotate: { every: "30d", overlap: "24h", trigger: "now" } })), "failed");
    await engine.assertBotWorks(engine.declared());
  });
});

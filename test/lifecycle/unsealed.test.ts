import assert from "node:assert/strict";
import { KeyError } from "../../providers/src/core/errors";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { World } from "./world";

const DENIED = new KeyError({ kind: "SealFailed", message: "AWS KMS refused to seal", code: "AccessDeniedException" });
const REFUSED = new KeyError({ kind: "Unavailable", message: "the exchange does not serve" });

/** By what a run fails whose sealer denies, and whose exchange then refuses to revoke. */
function failing(world: World, { revoke }: { readonly revoke: boolean }): void {
  // A passphrase that is sealed apart is sealed before there is a key: the one after the issue is the one that loses a secret.
  let issued = false;
  world.onPoint = (point) => {
    issued ||= point === "after issue";
    if (point === "before seal" && issued) throw DENIED;
    if (point === "before revoke" && !revoke) throw REFUSED;
  };
}

describe("a key that can be neither sealed nor revoked", () => {
  for (const kind of ["plain", "managed", "unlabelled"] satisfies Kind[]) {
    it(`is told by the sealer's reason, and revoked by the next run, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      const declared = engine.declared();
      failing(world, { revoke: false });
      assert.equal(await engine.up(declared), "failed");
      assert.match(engine.reason, /SealFailed: AWS KMS refused to seal/);
      assert.doesNotMatch(engine.reason, /does not serve/);
      assert.match(
        world.log.join("\n"),
        /notice .*pub1 could be neither sealed nor revoked .*does not serve.*the next up revokes it/,
      );
      assert.deepEqual([...world.keys.keys()], ["pub1"]);
      assert.deepEqual(world.documents.get(declared.publish)?.versions, []);

      world.onPoint = () => undefined;
      assert.equal(await engine.up(declared), "done");
      assert.equal(await engine.assertBotWorks(declared), "pub2");
      assert.deepEqual([...world.keys.keys()], ["pub2"]);
      assert.equal(await engine.up(declared), "nothing");
    });

    it(`does not pile up while the sealer goes on denying, where keys are ${kind}`, async () => {
      const world = new World(kind);
      const engine = new Engine(world);
      failing(world, { revoke: false });
      await engine.up(engine.declared());
      for (let run = 0; run < 3; run += 1) {
        failing(world, { revoke: true });
        assert.equal(await engine.up(engine.declared()), "failed");
        assert.match(engine.reason, /SealFailed/);
        assert.deepEqual([...world.keys.keys()], []);
      }
    });
  }

  it("leaves the bot with the key it has when it was to be the next one", async () => {
    const world = new World();
    const engine = new Engine(world);
    await engine.up(engine.declared());
    const declared = engine.declared({ rotate: { every: "30d", overlap: "24h", trigger: "now" } });
    failing(world, { revoke: false });
    assert.equal(await engine.up(declared), "failed");
    assert.match(engine.reason, /SealFailed/);
    assert.equal(await engine.assertBotWorks(declared), "pub1");
    assert.deepEqual([...world.keys.keys()], ["pub1", "pub2"]);
    world.onPoint = () => undefined;
    assert.equal(await engine.up(declared), "done");
    assert.equal(await engine.assertBotWorks(declared), "pub3");
    assert.deepEqual([...world.keys.keys()], ["pub1", "pub3"]);
  });

  it("is revoked by a delete, too", async () => {
    const world = new World();
    const engine = new Engine(world);
    failing(world, { revoke: false });
    await engine.up(engine.declared());
    world.onPoint = () => undefined;
    await engine.destroy();
    assert.deepEqual([...world.keys.keys()], []);
  });
});

import assert from "node:assert/strict";
import { makeLabel } from "../../providers/src/core/label";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { Act } from "../../providers/src/journal/record";
import { JournaledEngine } from "./journaled-engine";
import type { Kind } from "./kinds";

const DAY_MS = 86_400_000;

describe("the journal of a key's life", () => {
  let engine: JournaledEngine;

  afterEach(async () => engine.close());

  /** What was written of an act, newest last: label, serial and last characters of the public id. */
  async function written(act: Act): Promise<readonly unknown[]> {
    return (await engine.acts()).filter((one) => one.act === act).map(({ label, serial, key }) => [label, serial, key]);
  }

  function labelOf(serial: number, name: string): string {
    const rules = descriptorOf("bybit").label.value;
    assert.ok(rules !== "none" && engine.state !== undefined);
    return makeLabel(engine.state.outputs.hash, serial, { text: name, rules });
  }

  for (const kind of ["plain", "managed"] satisfies Kind[]) {
    it(`names label, serial and public id with every act, as far as there is one, where keys are ${kind}`, async () => {
      engine = await JournaledEngine.open(kind);
      const declared = engine.declared();
      assert.equal(await engine.up(declared), "done");
      const [first, second] = [labelOf(1, declared.name), labelOf(2, "renamed")];
      assert.deepEqual(await written("issue"), [[first, 1, undefined]]);
      // A passphrase that manages the key is sealed before there is a key.
      const apart = kind === "managed" ? [[first, 1, undefined]] : [];
      assert.deepEqual(await written("seal"), [...apart, [first, 1, "pub1"]]);
      assert.deepEqual(await written("publish"), [
        [first, 1, undefined],
        [first, 1, "pub1"],
        [first, 1, "pub1"],
      ]);

      assert.equal(await engine.up({ ...declared, ipWhitelist: ["203.0.113.9"] }), "done");
      assert.deepEqual(await written("set"), [[first, 1, "pub1"]]);

      const renamed = { ...declared, ipWhitelist: ["203.0.113.9"], name: "renamed" };
      assert.equal(await engine.up(renamed), "done");
      assert.deepEqual((await written("issue")).at(-1), [second, 2, undefined]);
      assert.deepEqual((await written("publish")).at(-1), [second, 2, "pub2"]);

      engine.world.now = new Date(engine.world.now.getTime() + 2 * DAY_MS);
      assert.equal(await engine.up(renamed), "done");
      assert.deepEqual(await written("revoke"), [[first, 1, "pub1"]], "by the name that it was issued under");
      assert.deepEqual((await written("publish")).at(-1), [second, 2, "pub2"], "what is left, not the last serial");

      await engine.destroy();
      assert.deepEqual((await written("revoke")).at(-1), [second, 2, "pub2"]);
      assert.deepEqual(await written("unpublish"), [[second, 2, "pub2"]]);
    });
  }

  it("names a key that only the state still knows when it ends", async () => {
    engine = await JournaledEngine.open("plain");
    const declared = engine.declared();
    await engine.up(declared);
    const label = labelOf(1, declared.name);
    engine.world.documents.clear();
    await engine.destroy();
    assert.deepEqual(await written("revoke"), [[label, 1, "pub1"]]);
  });

  describe("that cannot be written", () => {
    it("lets no key be issued or sealed", async () => {
      engine = await JournaledEngine.open("managed");
      engine.isFull = true;
      assert.equal(await engine.up(engine.declared()), "failed");
      assert.match(engine.reason, /JournalFailed/);
      for (const act of ["issue", "seal", "publish"]) assert.ok(!engine.world.log.includes(act), act);
      assert.deepEqual(engine.living(), []);
    });

    it("seals no key that was issued just before, and revokes it", async () => {
      engine = await JournaledEngine.open("plain");
      engine.world.onPoint = (point) => {
        if (point === "after issue") engine.isFull = true;
      };
      assert.equal(await engine.up(engine.declared()), "failed");
      assert.match(engine.reason, /JournalFailed/);
      assert.ok(engine.world.log.includes("issue") && !engine.world.log.includes("seal"));
      assert.deepEqual(engine.living(), []);
    });

    it("lets no key be set", async () => {
      engine = await JournaledEngine.open("plain");
      const declared = engine.declared();
      await engine.up(declared);
      engine.isFull = true;
      assert.equal(await engine.up({ ...declared, ipWhitelist: ["203.0.113.9"] }), "failed");
      assert.match(engine.reason, /JournalFailed/);
      assert.ok(!engine.world.log.includes("set"));
      assert.deepEqual(engine.world.keys.get("pub1")?.ipWhitelist, declared.ipWhitelist);
    });

    for (const kind of ["plain", "managed"] satisfies Kind[]) {
      it(`lets a destroy revoke all the same, and say so, where keys are ${kind}`, async () => {
        engine = await JournaledEngine.open(kind);
        await engine.up(engine.declared());
        engine.isFull = true;
        await assert.rejects(engine.destroy(), /JournalFailed/);
        assert.deepEqual(engine.living(), []);
        assert.match(engine.world.log.join("\n"), /notice .*JournalFailed/);
        assert.ok(!engine.world.log.includes("unpublish"), "only revoking is done without a journal");
      });
    }
  });
});

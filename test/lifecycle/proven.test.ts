import assert from "node:assert/strict";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { checkStamp } from "../../providers/src/seal/stamp";
import { AttackedDesk, type Declared } from "./attacked-desk";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { Killed, type World } from "./world";

const KINDS: readonly Kind[] = ["plain", "managed", "unlabelled"];

function rotated(declared: Declared, trigger: string): Declared {
  return { ...declared, rotate: { ...declared.rotate, trigger } };
}

/** A run that issued and published a successor, and was never recorded: bots use it, and state knows nothing of it. */
async function ahead(desk: AttackedDesk): Promise<string> {
  const { engine, declared } = desk;
  const { state } = engine;
  assert.equal(await engine.up(rotated(declared, "lost")), "done");
  engine.state = state;
  return await engine.assertBotWorks(declared);
}

/** Bots get a successor of the key that they use, and lose that only after its overlap. */
async function assertHandedOver(desk: AttackedDesk, { used, declared }: { readonly used: string; readonly declared: Declared }) {
  const { engine, world } = desk;
  const serial = serialOf(desk, used);
  assert.ok(desk.living.includes(used), "it has its overlap");
  const current = await engine.assertBotWorks(declared);
  assert.notEqual(current, used);
  assert.ok(serialOf(desk, current) > serial, "bots go back to no older serial");
  desk.later(23);
  await engine.up(declared);
  assert.ok(world.keys.has(used));
  for (let run = 0; run < 2; run += 1) {
    desk.later(26);
    assert.notEqual(await engine.up(declared), "failed", engine.reason);
  }
  assert.deepEqual(desk.living, [current]);
  assert.deepEqual(desk.harm, []);
}

const serials = new WeakMap<World, Map<string, number>>();

/** As it was seen where bots look, whatever is there by now. */
function serialOf({ world, declared }: AttackedDesk, apiKey: string): number {
  const seen = serials.get(world) ?? new Map<string, number>();
  serials.set(world, seen);
  for (const { apiKey: one, serial } of world.documents.get(declared.publish)?.versions ?? []) seen.set(one, serial);
  return seen.get(apiKey) ?? Number.NaN;
}

/** As a release before stamps wrote it. */
function ofOlderRelease({ stamp: _, seq: __, heldBefore: ___, versions, ...rest }: SealedDocument): SealedDocument {
  return { ...rest, versions: versions.map(({ answers: ____, ...version }): SealedVersion => version) };
}

for (const kind of KINDS) {
  describe(`a parent that was replaced: ${kind}`, () => {
    it("sees nothing new in a document that state holds, and goes on with it", async () => {
      const desk = await AttackedDesk.begun(kind);
      const { engine, world, declared } = desk;
      world.parentSecret = "the next parent's";
      assert.deepEqual(await engine.refresh(), { gone: false, drift: undefined });
      assert.equal(await engine.up(rotated(declared, "new")), "done");
      assert.equal(checkStamp(desk.text ?? "", world.stampKeys), "right");
      desk.later(26);
      assert.equal(await engine.up(rotated(declared, "new")), "done", engine.reason);
      assert.deepEqual(desk.living, [await engine.assertBotWorks(declared)]);
    });

    it("hands bots over from a key that only a document of the former parent names", async () => {
      const desk = await AttackedDesk.begun(kind);
      const used = await ahead(desk);
      serialOf(desk, used);
      desk.world.parentSecret = "the next parent's";
      const { drift } = (await desk.engine.refresh()) as { drift?: Record<string, string> };
      assert.match(drift?.document ?? "", /bears the stamp of another parent credential/);
      assert.equal(await desk.engine.up(desk.declared), "done", desk.engine.reason);
      await assertHandedOver(desk, { used, declared: desk.declared });
    });
  });

  describe(`a document of an older release, ahead of its state: ${kind}`, () => {
    it("needs no person, and no bot is left with an older key than it used", async () => {
      const desk = await AttackedDesk.begun(kind);
      const { engine, world, declared } = desk;
      const used = await ahead(desk);
      serialOf(desk, used);
      const [document, state] = [world.documents.get(declared.publish), engine.state];
      assert.ok(document && state);
      world.documents.set(declared.publish, ofOlderRelease(document));
      engine.state = { ...state, outputs: { ...state.outputs, sealed: ofOlderRelease(state.outputs.sealed) } };
      assert.equal(await engine.up({ ...declared, ipWhitelist: ["127.0.10.7"] }), "done", engine.reason);
      await assertHandedOver(desk, { used, declared: { ...declared, ipWhitelist: ["127.0.10.7"] } });
    });
  });
}

describe("a document of ours that is ahead of its state", () => {
  it("is gone on from, and each key that state does not know counts in the budget of a deletion", async () => {
    const desk = await AttackedDesk.begun("plain");
    const { engine, world } = desk;
    const used = await ahead(desk);
    const { drift } = (await engine.refresh()) as { drift?: Record<string, string> };
    assert.match(drift?.document ?? "", /is ahead of the state, .*up takes serial 2 over/);
    world.revocationBudget = 1;
    await assert.rejects(engine.destroy(), /BudgetSpent: a run may end 1 key/);
    assert.deepEqual(desk.living, [used], "the key of state went with all its versions");
    world.revocationBudget = 2;
    await engine.destroy();
    assert.deepEqual(desk.living, []);
    assert.deepEqual(desk.harm, []);
  });
});

describe("a stamp key that two parents share", () => {
  it("lets the one take over what the other published, which is then forgotten in silence", async () => {
    for (const shared of ["a key of both", undefined]) {
      const desk = await AttackedDesk.of("plain");
      const { engine, world, declared } = desk;
      world.stampSecret = shared;
      assert.equal(await engine.up(declared), "done");
      const before = desk.living;
      world.parentSecret = "the laptop's parent";
      const laptop = new Engine(world);
      assert.equal(await laptop.up(declared), "done");
      const isGood = shared !== undefined;
      assert.equal(JSON.stringify(desk.living) === JSON.stringify(before), isGood, "without a good stamp a successor is issued");
      assert.equal(await laptop.up({ ...declared, ipWhitelist: ["127.0.10.9"] }), "done", "it is on record from now on");
      world.parentSecret = "the parent's secret";
      assert.equal(await engine.up({ ...declared, ipWhitelist: ["127.0.10.7"] }), "failed");
      assert.match(engine.reason, isGood ? /Conflict: .*has taken this key over/ : /Conflict: .*another parent credential/);
      if (!isGood) await assert.rejects(engine.destroy(), /Conflict: .*Nothing was revoked/);
      else {
        await engine.destroy();
        assert.match(world.log.join("\n"), /notice .*has taken this key over; it is forgotten here, not revoked/);
      }
      assert.ok(before.every((apiKey) => world.keys.has(apiKey)));
    }
  });
});

describe("a key that somebody gave another label", () => {
  for (const kind of ["plain", "managed"] as const) {
    it(`is left as it is by every act, which names it and ends with an error: ${kind}`, async () => {
      const acts: readonly ((desk: AttackedDesk) => Promise<string>)[] = [
        ({ engine, declared }) => engine.up({ ...declared, ipWhitelist: ["127.0.10.7"] }),
        ({ engine, declared }) => engine.up(rotated(declared, "new")),
        ({ engine, declared }) => engine.up({ ...declared, rotate: { every: "30d", overlap: "0", trigger: "leak" } }),
        async ({ engine }) => {
          await engine.destroy();
          return "done";
        },
      ];
      for (const act of acts) {
        const desk = await AttackedDesk.begun(kind);
        const [used = ""] = desk.living;
        desk.relabel(used);
        const ending = await act(desk).catch((error: Error) => error.message);
        const why = ending === "failed" ? desk.engine.reason : ending;
        assert.match(why, new RegExp(`TamperedDocument: .*under another label than ours: ${used}\\. It was not touched`));
        assert.deepEqual(desk.harm, []);
        assert.notEqual(desk.engine.state?.outputs.servedTrigger, "leak");
      }
    });
  }

  it("is told by a refresh", async () => {
    const desk = await AttackedDesk.begun("plain");
    const [used = ""] = desk.living;
    desk.relabel(used);
    const observation = (await desk.engine.refresh()) as { drift?: Record<string, string> };
    assert.match(observation.drift?.["serial 1 (current)"] ?? "", /bears another label than ours/);
  });
});

describe("a document without a good stamp, where state is lost", () => {
  it("lends no version that labels do not prove, and its proven one has a successor, since nobody knows whether it can be opened", async () => {
    const desk = await AttackedDesk.begun("plain");
    const { engine, declared, world } = desk;
    const [used = ""] = desk.living;
    engine.state = undefined;
    desk.edit("ciphertext", { stamping: "kept" });
    desk.edit("a planted previous", { stamping: "kept" });
    assert.equal(await engine.up(declared), "done", engine.reason);
    const current = await engine.assertBotWorks(declared);
    assert.notEqual(current, used);
    assert.ok(desk.living.includes(used), "it has its overlap");
    desk.later(26);
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual([desk.living, desk.harm, desk.strangersAsked], [[current], [], []]);
    assert.equal(world.documents.get(declared.publish)?.versions.length, 1);
  });

  it("has a successor also where the run that took it over died", async () => {
    const desk = await AttackedDesk.begun("plain");
    const { engine, declared, world } = desk;
    engine.state = undefined;
    desk.edit("ciphertext", { stamping: "kept" });
    world.onPoint = (point) => {
      if (point === "after publish") throw new Killed(point);
    };
    assert.equal(await engine.up(declared), "killed");
    world.onPoint = () => undefined;
    assert.equal(await engine.up(declared), "done", engine.reason);
    await engine.assertBotWorks(declared);
  });

  it("that is an older one of ours leaves no bot with an older key than it used", async () => {
    const desk = await AttackedDesk.begun("plain");
    const old = desk.text ?? "";
    assert.equal(await desk.engine.up(rotated(desk.declared, "new")), "done");
    const used = await desk.engine.assertBotWorks(desk.declared);
    serialOf(desk, used);
    desk.write(old);
    desk.engine.state = undefined;
    assert.equal(await desk.engine.up(desk.declared), "done");
    await assertHandedOver(desk, { used, declared: desk.declared });
  });
});

describe("an incident in which a key cannot be ended", () => {
  it("is not over, and names the key that a person has to delete", async () => {
    const desk = await AttackedDesk.begun("managed");
    const { engine, world, declared } = desk;
    const [used = ""] = desk.living;
    world.parentSecret = "the next parent's";
    engine.state = undefined;
    desk.removeDocument();
    const incident = { ...declared, rotate: { every: "30d", overlap: "0", trigger: "leak" } };
    assert.equal(await engine.up(incident), "failed");
    assert.match(engine.reason, new RegExp(`the incident is not over for ${used}: .*end the key on the exchange's page`));
    world.keys.delete(used);
    assert.equal(await engine.up(incident), "done");
    assert.deepEqual(desk.living, [await engine.assertBotWorks(incident)]);
  });
});

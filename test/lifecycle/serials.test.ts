import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { Engine } from "./engine";
import { World } from "./world";

const TRIGGERED = { every: "30d", overlap: "24h", trigger: "now" };

function later(engine: Engine, hours: number): void {
  engine.world.now = new Date(engine.world.now.getTime() + hours * HOUR_MS);
}

/** State and document of serial 1 are put back after serial 2 was published; what lives is known as a stray from then on. */
async function restored(): Promise<{ engine: Engine; declared: ReturnType<Engine["declared"]> }> {
  const engine = new Engine(new World());
  const { world } = engine;
  const declared = engine.declared();
  assert.equal(await engine.up(declared), "done");
  const state = structuredClone(engine.state);
  const document = structuredClone(world.documents.get(declared.publish));
  assert.ok(document !== undefined);
  assert.equal(await engine.up({ ...declared, rotate: TRIGGERED }), "done");
  assert.equal(await engine.assertBotWorks(declared), "pub2");
  engine.state = state;
  world.documents.set(declared.publish, document);
  assert.equal(await engine.up({ ...declared, ipWhitelist: ["127.0.10.9"] }), "done");
  assert.deepEqual(
    engine.state?.outputs.strays?.map(({ serial }) => serial),
    [2],
  );
  return { engine, declared: { ...declared, ipWhitelist: ["127.0.10.9"] } };
}

/** The next rotation. Bots that saw serial 2 refuse each document that shows them no higher one. */
async function assertNextIsThree(engine: Engine, declared: ReturnType<Engine["declared"]>): Promise<void> {
  assert.equal(await engine.up({ ...declared, rotate: TRIGGERED }), "done");
  assert.equal(engine.state?.outputs.strays, undefined, "the stray is ended");
  const shown = engine.world.documents.get(declared.publish)?.versions.find(({ state }) => state === "current");
  assert.equal(shown?.serial, 3);
}

describe("the serial of a stray, after a restored backup", () => {
  it("is used by no later version once the stray is retired", async () => {
    const { engine, declared } = await restored();
    later(engine, 26);
    assert.equal(await engine.up(declared), "done");
    assert.deepEqual(engine.living(), ["pub1"]);
    await assertNextIsThree(engine, declared);
  });

  it("is used by no later version once the stray is deleted by hand", async () => {
    const { engine, declared } = await restored();
    engine.world.keys.delete("pub2");
    later(engine, 26);
    assert.equal(await engine.up(declared), "done");
    await assertNextIsThree(engine, declared);
  });

  it("is used by no later version for which the stray made room", async () => {
    const { engine, declared } = await restored();
    const { keys } = engine.world;
    const [key] = [...keys.values()];
    assert.ok(key !== undefined);
    const quota = descriptorOf("bybit").limits.keysPerSubAccount.value;
    for (let number = keys.size; number < quota; number += 1)
      keys.set(`foreign${number}`, { ...key, apiKey: `foreign${number}`, label: "byhand" });
    await assertNextIsThree(engine, declared);
    assert.ok(!keys.has("pub2"));
  });

  it("is remembered by the document, too, so that it outlives the state", async () => {
    const { engine, declared } = await restored();
    later(engine, 26);
    assert.equal(await engine.up(declared), "done");
    assert.equal(engine.world.documents.get(declared.publish)?.lastSerial, 2);
    assert.equal(await engine.up(declared), "nothing");
    engine.state = undefined;
    assert.equal(await engine.up(declared), "done");
    await assertNextIsThree(engine, declared);
  });
});

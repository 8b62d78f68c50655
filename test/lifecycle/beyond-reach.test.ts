import assert from "node:assert/strict";
import { DAY_MS } from "../../providers/src/core/duration";
import { Engine } from "./engine";
import { World } from "./world";

/** Where a key is ended only with its own passphrase, and state and document, which alone held it, are lost. */
describe("a stray that nobody can end but a person", () => {
  let engine: Engine;
  let declared: ReturnType<Engine["declared"]>;
  const reminders = (): readonly string[] =>
    engine.world.log.filter((line) => /notice .*its passphrase is known nowhere/.test(line));
  const later = (days: number): void => {
    engine.world.now = new Date(engine.world.now.getTime() + days * DAY_MS);
  };

  beforeEach(async () => {
    engine = new Engine(new World("managed"));
    declared = engine.declared();
    assert.equal(await engine.up(declared), "done");
    // Otherwise the passphrase would follow from the parent's secret.
    engine.world.parentSecret = "the secret of the parent that replaced it";
    engine.state = undefined;
    engine.world.documents.clear();
    assert.equal(await engine.up(declared), "done");
    assert.equal(engine.living().length, 2);
  });

  it("is told once a day, holds nothing up, and takes nothing from the budget of revocations", async () => {
    engine.world.revocationBudget = 1;
    later(1.1);
    assert.equal(await engine.up(declared), "done");
    assert.equal(reminders().length, 1);
    assert.match(reminders()[0] ?? "", /key with serial 1 still lives.*delete it on the exchange's page/);
    assert.equal(await engine.up(declared), "nothing", "a second up is empty");
    later(30);
    assert.equal(await engine.up(declared), "done");
    assert.equal(reminders().length, 2);
    assert.equal(await engine.assertBotWorks(declared), "pub3", "the rotation for age came");
    later(1.1);
    await engine.up(declared);
    assert.deepEqual(engine.living(), ["pub1", "pub3"]);
  });

  it("is forgotten once a person has deleted it", async () => {
    later(1.1);
    await engine.up(declared);
    engine.world.keys.delete("pub1");
    later(1.1);
    assert.equal(await engine.up(declared), "done");
    assert.equal(reminders().length, 1);
    assert.equal(engine.state?.outputs.strays, undefined);
    assert.equal(await engine.up(declared), "nothing");
  });

  it("is what a destroy fails by, after it has ended all else", async () => {
    await assert.rejects(engine.destroy(), /CredentialsUnavailable/);
    assert.deepEqual(engine.living(), ["pub1"]);
    engine.world.keys.delete("pub1");
    await engine.destroy();
    assert.deepEqual([engine.living(), [...engine.world.documents.keys()]], [[], []]);
  });
});

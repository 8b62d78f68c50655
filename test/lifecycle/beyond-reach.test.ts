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

/** Its state and its document hold a passphrase that is not the key's own: somebody changed it on the exchange's page. */
describe("a version that nobody can end but a person", () => {
  let engine: Engine;
  const rotate = { every: "30d", overlap: "24h" };
  const later = (days: number): void => {
    engine.world.now = new Date(engine.world.now.getTime() + days * DAY_MS);
  };

  beforeEach(async () => {
    engine = new Engine(new World("managed"));
    assert.equal(await engine.up(engine.declared({ rotate })), "done");
    assert.equal(await engine.up(engine.declared({ rotate: { ...rotate, trigger: "a" } })), "done");
    engine.world.passphrases.set("pub1", "another one");
  });

  it("holds up no rotation when its overlap is over, leaves the document, and is named once a day", async () => {
    const declared = engine.declared({ rotate: { ...rotate, trigger: "b" } });
    later(1.1);
    assert.equal(await engine.up(declared), "done", engine.reason);
    assert.equal(await engine.assertBotWorks(declared), "pub3");
    const serials = engine.world.documents.get(declared.publish)?.versions.map(({ serial }) => serial);
    assert.deepEqual(serials, [2, 3]);
    assert.deepEqual(
      engine.state?.outputs.strays?.map(({ apiKey }) => apiKey),
      ["pub1"],
    );
    const reminders = (): number => engine.world.log.filter((line) => line.includes("its passphrase is known nowhere")).length;
    assert.equal(reminders(), 1);
    later(1.1);
    assert.equal(await engine.up(declared), "done");
    assert.equal(reminders(), 2);
    assert.deepEqual(engine.living(), ["pub1", "pub3"]);
    engine.world.keys.delete("pub1");
    later(1.1);
    await engine.up(declared);
    assert.equal(engine.state?.outputs.strays, undefined);
  });

  it("holds up no change of the current version, and the run fails by it", async () => {
    const declared = engine.declared({ rotate: { ...rotate, trigger: "a" }, ipWhitelist: ["127.0.10.9"] });
    assert.equal(await engine.up(declared), "failed");
    assert.match(engine.reason, /^CredentialsUnavailable/);
    assert.equal(await engine.assertBotWorks(declared), "pub2", "the current version has the declared addresses");
  });

  it("is not changed any more once its overlap is over, and so holds up no change of the others", async () => {
    const declared = engine.declared({ rotate: { ...rotate, trigger: "a" }, ipWhitelist: ["127.0.10.9"] });
    later(1.1);
    assert.equal(await engine.up(declared), "done", engine.reason);
    assert.equal(await engine.assertBotWorks(declared), "pub2");
    assert.deepEqual(
      engine.state?.outputs.strays?.map(({ apiKey }) => apiKey),
      ["pub1"],
    );
    assert.equal(await engine.up(declared), "nothing");
  });

  it("holds up no rotation that a person asked for with the change", async () => {
    const declared = engine.declared({ rotate: { ...rotate, trigger: "b" }, ipWhitelist: ["127.0.10.9"] });
    later(1.1);
    assert.equal(await engine.up(declared), "done", engine.reason);
    assert.equal(await engine.assertBotWorks(declared), "pub3");
  });

  it("keeps an incident from being called over", async () => {
    const leaked = engine.declared({ rotate: { every: "30d", overlap: "0", trigger: "leaked" } });
    assert.equal(await engine.up(leaked), "failed");
    assert.match(engine.reason, /the incident is not over for pub1/);
    assert.deepEqual(engine.living(), ["pub1", "pub3"]);
    assert.doesNotMatch(engine.world.log.join("\n"), /Next reminder/, "nothing is put off");
  });
});

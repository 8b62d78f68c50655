import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { KeyError } from "../../providers/src/core/errors";
import { LEAKED, later, STORIES, type Story } from "./crash-stories";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { Killed, World } from "./world";

/** Runs a story undisturbed and tells the points its last run passes. */
async function pointsOf(story: Story, kind: Kind): Promise<readonly string[]> {
  const engine = new Engine(new World(kind));
  const declared = await story.prepare(engine);
  const points: string[] = [];
  engine.world.onPoint = (point) => points.push(point);
  assert.equal(await engine.up(declared), "done");
  return points;
}

/** From whatever was left behind: one plain `up` publishes a working key, and after the overlaps nothing else lives. */
async function assertRecovers(engine: Engine, declared: ReturnType<Engine["declared"]>, story: Story): Promise<void> {
  engine.world.onPoint = () => undefined;
  assert.notEqual(await engine.up(declared), "failed");
  const published = await engine.assertBotWorks(declared);
  if (story.isIncident) assert.deepEqual(engine.living(), [published], "what may have leaked is ended at once");
  assert.equal(await engine.up(declared), "nothing", "a second up is empty");
  for (let round = 0; round < 2; round += 1) {
    later(engine, 26 * HOUR_MS);
    await engine.up(declared);
  }
  const current = await engine.assertBotWorks(declared);
  assert.deepEqual(engine.living(), [current], "no orphan and no twin");
  assert.deepEqual([...engine.world.documents.keys()], [declared.publish], "no document is left behind");
  assert.equal((await engine.refresh()).gone, false);
  assert.equal(engine.state?.outputs.observed, undefined, "no drift");
  await engine.destroy();
  assert.deepEqual([engine.living(), [...engine.world.documents.keys()]], [[], []]);
}

/** An incident is recorded as over only when nothing lives that was there before. */
function assertOver(engine: Engine, ended: string, point: string): void {
  assert.equal(engine.state?.outputs.servedTrigger === LEAKED.trigger, ended === "done", point);
  if (ended === "done") assert.equal(engine.living().length, 1, point);
}

/** A bot that holds the version published before the run must not lose its key within it. */
function watchPublished(engine: Engine): () => void {
  const before = [...engine.world.documents.values()].flatMap((document) => document.versions);
  const used = before.find((version) => version.state === "current")?.apiKey;
  return () => {
    const documents = [...engine.world.documents.values()];
    if (used === undefined) return;
    const works = documents.some((document) =>
      document.versions.some((version) => version.state !== "pending" && engine.world.keys.has(version.apiKey)),
    );
    assert.ok(works, "some published version works at every instant");
    assert.ok(engine.living().length <= 3, "at most current, previous and one pending or stray live");
  };
}

/** Every story on an exchange of each kind. */
const CASES = STORIES.flatMap((story) => [
  { story, kind: "plain" as const, name: story.name },
  { story, kind: "managed" as const, name: `${story.name}, where a key's passphrase manages it` },
  { story, kind: "unlabelled" as const, name: `${story.name}, where keys carry no label` },
]);

describe("a run that is killed", () => {
  for (const { story, kind, name } of CASES) {
    it(`${name}: at every point, converges without a manual step`, async () => {
      const points = await pointsOf(story, kind);
      assert.ok(points.length >= 6, points.join());
      for (const [index, point] of points.entries()) {
        const engine = new Engine(new World(kind));
        const declared = await story.prepare(engine);
        const assertAvailable = watchPublished(engine);
        let passed = 0;
        engine.world.onPoint = (at) => {
          assertAvailable();
          passed += 1;
          if (passed > index) throw new Killed(at);
        };
        assert.equal(await engine.up(declared), "killed", point);
        await assertRecovers(engine, declared, story).catch((error: Error) => {
          error.message = `killed ${point} (${index}): ${error.message}`;
          throw error;
        });
      }
    });
  }
});

describe("a run whose act fails", () => {
  for (const { story, kind, name } of CASES) {
    it(`${name}: at every point, records what was done and converges`, async () => {
      const points = await pointsOf(story, kind);
      for (const [index, point] of points.entries()) {
        const engine = new Engine(new World(kind));
        const declared = await story.prepare(engine);
        const assertAvailable = watchPublished(engine);
        let passed = 0;
        engine.world.onPoint = () => {
          assertAvailable();
          passed += 1;
          if (passed - 1 === index) throw new KeyError({ kind: "OutcomeUnknown", message: "the answer was lost" });
        };
        const ended = await engine.up(declared);
        if (story.isIncident) assertOver(engine, ended, point);
        await assertRecovers(engine, declared, story).catch((error: Error) => {
          error.message = `failed ${point} (${index}): ${error.message}`;
          throw error;
        });
      }
    });
  }
});

describe("destroy that is killed", () => {
  for (const kind of ["plain", "managed", "unlabelled"] as const) {
    it(`leaves nothing after it is run again: ${kind}`, async () => assertDestroys(kind));
  }
});

async function assertDestroys(kind: Kind): Promise<void> {
  for (let index = 0; index < 12; index += 1) {
    const engine = new Engine(new World(kind));
    await STORIES[1]?.prepare(engine);
    await engine.up(engine.declared());
    let passed = 0;
    engine.world.onPoint = (at) => {
      passed += 1;
      if (passed > index) throw new Killed(at);
    };
    await engine.destroy().catch((error: unknown) => assert.ok(error instanceof Killed));
    engine.world.onPoint = () => undefined;
    await engine.destroy();
    assert.deepEqual([engine.living(), [...engine.world.documents.keys()]], [[], []]);
  }
}

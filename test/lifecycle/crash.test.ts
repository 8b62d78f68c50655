import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { KeyError } from "../../providers/src/core/errors";
import { newKeyPair } from "../exchanges/key-pair";
import { Engine } from "./engine";
import { Killed, type Kind, World } from "./world";

/** Public halves, as check hands them on. */
const PAIRS = [newKeyPair().publicKey.trimEnd(), newKeyPair().publicKey.trimEnd()] as const;

const DAY = 24 * HOUR_MS;

/** A story up to the run that is to be disturbed; it returns what that run declares. */
interface Story {
  readonly name: string;
  readonly prepare: (engine: Engine) => Promise<ReturnType<Engine["declared"]>>;
  /** A key has leaked: a run that is done leaves one key at once. */
  readonly isIncident?: true;
}

const LEAKED = { every: "30d", overlap: "0", trigger: "leak" };

function later(engine: Engine, milliseconds: number): void {
  engine.world.now = new Date(engine.world.now.getTime() + milliseconds);
}

async function issued(engine: Engine): Promise<ReturnType<Engine["declared"]>> {
  const declared = engine.declared();
  assert.equal(await engine.up(declared), "done");
  return declared;
}

/** Up to a rotation that is done, whose overlap has just begun. */
async function rotated(engine: Engine): Promise<ReturnType<Engine["declared"]>> {
  const declared = await issued(engine);
  later(engine, 30 * DAY);
  assert.equal(await engine.up(declared), "done");
  assert.equal(engine.living().length, 2);
  return declared;
}

/** The same, after a run that died when it had asked for a key and had no answer yet: that key is a stray. */
async function rotatedBesideStray(engine: Engine): Promise<ReturnType<Engine["declared"]>> {
  const declared = await issued(engine);
  later(engine, 30 * DAY);
  engine.world.onPoint = (point) => {
    if (point === "after issue") throw new Killed(point);
  };
  assert.equal(await engine.up(declared), "killed");
  engine.world.onPoint = () => undefined;
  assert.equal(await engine.up(declared), "done");
  assert.equal(engine.living().length, 3);
  assert.equal(engine.state?.outputs.strays?.length, 1, "what nobody can open keeps working for an overlap");
  return declared;
}

const STORIES: readonly Story[] = [
  { name: "create", prepare: async (engine) => engine.declared() },
  {
    name: "rotate",
    prepare: async (engine) => {
      const declared = await issued(engine);
      later(engine, 30 * DAY);
      return declared;
    },
  },
  {
    name: "retire",
    prepare: async (engine) => {
      const declared = await issued(engine);
      later(engine, 30 * DAY);
      assert.equal(await engine.up(declared), "done");
      later(engine, 26 * HOUR_MS);
      return declared;
    },
  },
  {
    name: "widen addresses in an overlap",
    prepare: async (engine) => {
      const declared = await issued(engine);
      later(engine, 30 * DAY);
      assert.equal(await engine.up(declared), "done");
      return { ...declared, ipWhitelist: ["127.0.10.1", "127.0.10.2"] };
    },
  },
  { name: "rename", prepare: async (engine) => ({ ...(await issued(engine)), name: "mm-new" }) },
  { name: "publish elsewhere", prepare: async (engine) => ({ ...(await issued(engine)), publish: "file:///elsewhere.json" }) },
  { name: "seal with another key", prepare: async (engine) => ({ ...(await issued(engine)), seal: "local:///other" }) },
  {
    name: "take a scope back",
    prepare: async (engine) => {
      const declared = engine.declared({ scopes: ["read", "spot", "transfer"] });
      assert.equal(await engine.up(declared), "done");
      return { ...declared, scopes: ["read", "spot"] };
    },
  },
  { name: "rotate at once", isIncident: true, prepare: async (engine) => ({ ...(await issued(engine)), rotate: LEAKED }) },
  {
    name: "rotate at once in an overlap",
    isIncident: true,
    prepare: async (engine) => ({ ...(await rotated(engine)), rotate: LEAKED }),
  },
  {
    name: "rotate at once in an overlap, beside a stray",
    isIncident: true,
    prepare: async (engine) => ({ ...(await rotatedBesideStray(engine)), rotate: LEAKED }),
  },
  {
    name: "rotate at once in an overlap, from a secret to a key pair",
    isIncident: true,
    prepare: async (engine) => ({ ...(await rotated(engine)), rotate: LEAKED, publicKey: PAIRS[0] }),
  },
  { name: "create with a key pair of the bot", prepare: async (engine) => engine.declared({ publicKey: PAIRS[0] }) },
  { name: "from a secret to a key pair", prepare: async (engine) => ({ ...(await issued(engine)), publicKey: PAIRS[0] }) },
  {
    name: "from one key pair to another",
    prepare: async (engine) => {
      const declared = engine.declared({ publicKey: PAIRS[0] });
      assert.equal(await engine.up(declared), "done");
      return { ...declared, publicKey: PAIRS[1] };
    },
  },
];

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

import assert from "node:assert/strict";
import { HOUR_MS } from "../../providers/src/core/duration";
import { newKeyPair } from "../exchanges/key-pair";
import type { Engine } from "./engine";
import { Killed } from "./world";

/** Public halves, as check hands them on. */
const PAIRS = [newKeyPair().publicKey.trimEnd(), newKeyPair().publicKey.trimEnd()] as const;

const DAY = 24 * HOUR_MS;

/** A story up to the run that is to be disturbed; it returns what that run declares. */
export interface Story {
  readonly name: string;
  readonly prepare: (engine: Engine) => Promise<ReturnType<Engine["declared"]>>;
  /** A key has leaked: a run that is done leaves one key at once. */
  readonly isIncident?: true;
}

/** What is declared then. */
export const LEAKED = { every: "30d", overlap: "0", trigger: "leak" };

export function later(engine: Engine, milliseconds: number): void {
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

export const STORIES: readonly Story[] = [
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

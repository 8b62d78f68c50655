import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { bybitKey, okxKey } from "./declared";
import { ADOPTED, FullDesk, MADE } from "./full-desk";
import { importState, readLeftBehind, restore } from "./left-behind";
import { Stage } from "./stage";

/** Two keys, rotated, in the middle of an overlap. */
const SMALL = ["c3f9957.json", "cb28f9b.json"];
const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

/**
 * A {@link FullDesk}, of revisions that landed and of this one. `delivered` is the part that is missing: it needs an AWS emulator in
 * every run, and is read in `test/core/delivered.test.ts` and `test/lifecycle/deliver.test.ts`.
 */
const FULL = ["efd179f.json", "82e3d99.json", "present.json"];

/** Keys in those: the present one has a stray more. */
const KEYS_IN: Readonly<Record<string, number>> = { "efd179f.json": 12, "82e3d99.json": 12, "present.json": 13 };

/** Parts that a state may lack. Each has to be in every full fixture, or nobody would see that it is read no more. */
const OPTIONAL_PARTS = [
  "ApiKey exclusive: boolean",
  "ApiKey former[].after: string",
  "ApiKey former[].url: string",
  "ApiKey heldSince: string",
  "ApiKey lifetime: string",
  "ApiKey publicKey: string",
  "ApiKey rotate.trigger: string",
  "ApiKey sealed.versions[].fingerprint: string",
  "ApiKey sealed.versions[].identity.name: string",
  "ApiKey sealed.versions[].notAfter: string",
  "ApiKey sealed.versions[].passphrase: string",
  "ApiKey sealed.versions[].retireAfter: string",
  "ApiKey sealed.versions[].unbound: boolean",
  "ApiKey servedTrigger: string",
  "ApiKey strays[].apiKey: string",
  "ApiKey strays[].serial: number",
  "ApiKey strays[].until: string",
  "AdoptedApiKey digest: string",
  "AdoptedApiKey verifyFrom[]: string",
  "SubAccount made: boolean",
  "SubAccount products[]: string",
  "SubAccount remark: string",
];

/** Parts that no state had before stamps. */
const NEW_PARTS = [
  "ApiKey extended[]: string",
  "ApiKey sealed.seq: number",
  "ApiKey sealed.heldBefore[]: string",
  "ApiKey strays[].hidden: boolean",
  "ApiKey strays[].passphrase.ciphertext: string",
  "ApiKey strays[].passphrase.identity.name: string",
  "ApiKey strays[].passphrase.key: string",
  "ApiKey strays[].passphrase.serial: number",
];

describe("states and documents of earlier revisions", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const publicIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();

  it("are kept of more than one revision, the present form among them", async () => {
    const names = (await readdir(join(__dirname, "fixtures"))).filter((name) => name.endsWith(".json"));
    assert.deepEqual(names.sort(), [...SMALL, ...FULL].sort());
  });

  for (const file of SMALL) {
    it(`are read, refreshed, rotated and deleted: ${file}`, async () => {
      const left = await readLeftBehind(file);
      await restore(left, stage);
      await stage.declare(KEYS);
      await importState(left, stage);
      const before = await publicIds();
      assert.equal(before.length, 4);
      await stage.assertServed();
      const refreshed = await stage.stack.must("refresh", "--yes", "--skip-preview");
      assert.doesNotMatch(refreshed.stdout, /drift|observed/);
      await stage.stack.up();
      await stage.stack.up("--expect-no-changes", "--refresh");
      assert.deepEqual(await publicIds(), before, "nobody's key was touched");
      await stage.assertServed();
      await stage.control.advance("26h");
      await stage.stack.up();
      assert.equal((await publicIds()).length, 2, "the overlap ended");
      await stage.control.advance("30d");
      await stage.stack.up();
      await stage.assertServed();
      assert.equal((await publicIds()).length, 4, "rotated");
      await stage.stack.must("destroy", "--yes", "--skip-preview");
      assert.deepEqual(await stage.control.keys(), []);
      assert.deepEqual(await readdir(stage.documents), []);
    });
  }

  for (const file of FULL) {
    it(`are so too with every part that they may have, and what nothing may end lives on: ${file}`, async () => {
      const left = await readLeftBehind(file);
      const desk = new FullDesk(stage, left.privateKeys);
      await restore(left, stage);
      await desk.declare("second");
      await importState(left, stage);
      const before = await publicIds();
      assert.equal(before.length, KEYS_IN[file]);
      await desk.assertServed();
      const refreshed = await desk.stack.must("refresh", "--yes", "--skip-preview", "--diff");
      assert.doesNotMatch(refreshed.stdout, /drift|observed/);
      await desk.stack.up();
      await desk.stack.up("--expect-no-changes", "--refresh");
      assert.deepEqual(await publicIds(), before, "nobody's key was touched");
      await desk.assertServed();
      await goOn(desk);
    });
  }

  /** Overlaps end, a rotation, and the end of all that can end. */
  async function goOn(desk: FullDesk): Promise<void> {
    const former = join(stage.documents, "okx-first.json");
    assert.ok(existsSync(former));
    await stage.control.advance("26h");
    await desk.stack.up();
    assert.equal((await publicIds()).length, 7, "overlaps ended, also the stray's");
    assert.ok(!existsSync(former));
    await stage.control.advance("30d");
    await desk.declare("third");
    await desk.stack.up();
    await desk.assertServed();
    assert.equal((await publicIds()).length, 13, "all are rotated but the adopted one");
    const destroyed = await desk.stack.must("destroy", "--yes", "--skip-preview");
    assert.match(destroyed.stdout, /the key \S+ STILL LIVES at the exchange/);
    assert.match(destroyed.stdout, new RegExp(`sub-account "${MADE.subAccount}" .* STILL EXISTS at the exchange`));
    const living = await stage.control.keys();
    assert.deepEqual(
      living.map(({ label }) => label),
      ["treasury"],
    );
    assert.deepEqual(await readdir(stage.documents), [`${ADOPTED}.json`]);
  }

  it("have the property paths that the present fixture has: who changes them writes it down and keeps the old one", async () => {
    const desk = new FullDesk(stage);
    await desk.play();
    const { stdout } = await stage.stack.must("stack", "export");
    const { deployment } = await readLeftBehind("present.json");
    assert.deepEqual(pathsOf(JSON.parse(stdout)), pathsOf(deployment));
  });

  it("hold every part that they may lack", async () => {
    for (const file of FULL) {
      const paths = pathsOf((await readLeftBehind(file)).deployment);
      const parts = file === "present.json" ? [...OPTIONAL_PARTS, ...NEW_PARTS] : OPTIONAL_PARTS;
      assert.deepEqual(
        parts.filter((part) => !paths.includes(part)),
        [],
        file,
      );
    }
  });
});

const exported = z.object({
  deployment: z.object({
    resources: z.array(z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).optional() })),
  }),
});

/** Every property path in the outputs of our resources, with the type of what is there; items of lists count as one. */
function pathsOf(deployment: unknown): readonly string[] {
  const { resources } = exported.parse(deployment).deployment;
  const found = resources.flatMap(({ type, outputs }) => {
    const [, kind] = /:(ApiKey|AdoptedApiKey|SubAccount)$/.exec(type) ?? [];
    return kind === undefined ? [] : paths(outputs, "").map((path) => `${kind} ${path}`);
  });
  return [...new Set(found)].sort();
}

function paths(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${path}[]`));
  if (value === null || typeof value !== "object") return [`${path}: ${value === null ? "null" : typeof value}`];
  return Object.entries(value).flatMap(([name, member]) => paths(member, path === "" ? name : `${path}.${name}`));
}

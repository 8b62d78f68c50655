import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { newKey } from "../../sandbox/control-schema";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const FIXTURES = join(__dirname, "fixtures");

/** What `fixtures/record.ts` wrote at some revision: two keys, rotated, in the middle of an overlap. */
const fixture = z.object({
  now: z.iso.datetime(),
  deployment: z.unknown(),
  documents: z.record(z.string(), z.string()),
  sealingKey: z.string(),
  keys: z.array(z.object({ exchange: z.string(), key: newKey })),
});

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("states and documents of earlier revisions", function () {
  this.timeout(180_000);

  /** A stage where everything is as that revision left it. */
  async function restored(file: string): Promise<Stage> {
    const stage = await Stage.open();
    const text = (await readFile(join(FIXTURES, file), "utf8")).replaceAll("@FOLDER@", stage.folder);
    const { now, deployment, documents, sealingKey, keys } = fixture.parse(JSON.parse(text));
    await stage.control.moveClock({ offsetMs: Date.parse(now) - Date.now() });
    for (const { exchange, key } of keys) await stage.control.addKey(exchange, key);
    await mkdir(stage.documents);
    for (const [name, content] of Object.entries(documents)) await writeFile(join(stage.documents, name), content);
    await writeFile(stage.sealingKey, sealingKey, { mode: 0o600 });
    await stage.declare(KEYS);
    const state = join(stage.folder, "deployment.json");
    await writeFile(state, JSON.stringify(deployment));
    await stage.stack.must("stack", "import", "--file", state);
    return stage;
  }

  it("are kept of more than one revision, the present form among them", async () => {
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith(".json"));
    assert.ok(names.length >= 3 && names.includes("present.json"));
  });

  for (const file of ["c3f9957.json", "cb28f9b.json", "present.json"]) {
    it(`are read, refreshed, rotated and deleted: ${file}`, async () => {
      const stage = await restored(file);
      try {
        const before = (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();
        assert.equal(before.length, 4);
        await stage.assertServed();
        const refreshed = await stage.stack.must("refresh", "--yes", "--skip-preview");
        assert.doesNotMatch(refreshed.stdout, /drift|observed/);
        await stage.stack.up();
        await stage.stack.up("--expect-no-changes", "--refresh");
        assert.deepEqual((await stage.control.keys()).map(({ apiKey }) => apiKey).sort(), before, "nobody's key was touched");
        await stage.assertServed();
        await stage.control.advance("26h");
        await stage.stack.up();
        assert.equal((await stage.control.keys()).length, 2, "the overlap ended");
        await stage.control.advance("30d");
        await stage.stack.up();
        await stage.assertServed();
        assert.equal((await stage.control.keys()).length, 4, "rotated");
        await stage.stack.must("destroy", "--yes", "--skip-preview");
        assert.deepEqual(await stage.control.keys(), []);
        assert.deepEqual(await readdir(stage.documents), []);
      } finally {
        await stage.close();
      }
    });
  }

  it("have the property paths that the present fixture has: who changes them writes it down and keeps the old one", async () => {
    const { deployment } = fixture.parse(JSON.parse(await readFile(join(FIXTURES, "present.json"), "utf8")));
    const stage = await Stage.open();
    try {
      await stage.declare(KEYS);
      await stage.stack.up();
      await stage.control.advance("30d");
      await stage.stack.up();
      const { stdout } = await stage.stack.must("stack", "export");
      assert.deepEqual(pathsOf(JSON.parse(stdout)), pathsOf(deployment));
    } finally {
      await stage.close();
    }
  });
});

const exported = z.object({
  deployment: z.object({
    resources: z.array(z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).optional() })),
  }),
});

/** Every property path in the outputs of ApiKeys, with the type of what is there; items of lists count as one. */
function pathsOf(deployment: unknown): readonly string[] {
  const { resources } = exported.parse(deployment).deployment;
  const outputs = resources.filter(({ type }) => type.endsWith(":ApiKey")).map((resource) => resource.outputs);
  return [...new Set(outputs.flatMap((output) => paths(output, "")))].sort();
}

function paths(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${path}[]`));
  if (value === null || typeof value !== "object") return [`${path}: ${value === null ? "null" : typeof value}`];
  return Object.entries(value).flatMap(([name, member]) => paths(member, path === "" ? name : `${path}.${name}`));
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { exchangeFolders } from "../../scripts/generated/exchange-folders";
import { registryPath, renderRegistry } from "../../scripts/generated/registry";
import { listGenerators } from "../../scripts/generators";
import { root } from "../../scripts/setup/paths";
import { leftOfSkeleton, MARK, writeSkeleton } from "../../scripts/skeleton/folders";

const ACME = { id: "acme", title: "Acme", date: "2026-11-22" } as const;
const CALLS = "test/sdk/calls/acme.ts";
const OWN = ["providers/src/exchanges/acme", "sandbox/exchanges/acme"];

describe("the skeleton of an exchange", function () {
  // One case compiles what is written, and all that it reaches.
  this.timeout(1_200_000);
  let copy: string;
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "new-exchange-"));
    for (const part of ["providers/src", "providers/tsconfig.json", "sandbox", "tsconfig.json", "README.md", "test/sdk/sdk.ts"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    assert.deepEqual(writeSkeleton(copy, ACME), [...OWN, "test/wire/golden/acme", CALLS]);
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  for (const room of ["providers/src/exchanges", "sandbox/exchanges", "test/wire/golden"]) {
    const files = (checkout: string, id: string) => readdirSync(join(checkout, room, id));
    const inAll = (ids: readonly string[]) => {
      const [known = "", ...others] = ids;
      return files(root, known).filter((file) => others.every((id) => files(root, id).includes(file)));
    };

    it(`has every file that all exchanges have in ${room}, but for generated ones`, async () => {
      const generated = (await listGenerators(root)).map(({ path }) => path);
      const byHand = inAll(exchangeFolders(root)).filter((file) => !generated.includes(join(room, "okx", file)));
      const missing = byHand.filter((file) => !files(copy, "acme").includes(file));
      assert.ok(byHand.length > 3);
      assert.deepEqual(missing, []);
    });

    it(`has no file in ${room} that some exchange which issues keys does without`, () => {
      const issuing = DESCRIPTORS.filter(({ operations }) => operations.issue.can === "yes").map(({ id }) => id);
      const common = inAll(issuing);
      const surplus = files(copy, "acme").filter((file) => !common.includes(file));
      assert.deepEqual(surplus, []);
    });
  }

  it("leaves no placeholder, and says in every file what has to be written", () => {
    for (const folder of [...OWN, "test/wire/golden/acme"]) {
      for (const file of readdirSync(join(copy, folder))) {
        const text = readFileSync(join(copy, folder, file), "utf8");
        assert.doesNotMatch(text, /\{\{/, file);
        assert.ok(text.includes(MARK), file);
      }
    }
    const left = leftOfSkeleton(copy, "acme");
    assert.ok(left.includes("providers/src/exchanges/acme/descriptor.ts:5"));
    assert.ok(left.some((place) => place.startsWith(CALLS)));
    assert.deepEqual(leftOfSkeleton(root, "acme"), []);
  });

  it("compiles, in the list of exchanges that is generated from the folders", () => {
    writeFileSync(join(copy, registryPath), renderRegistry(copy));
    assert.match(readFileSync(join(copy, registryPath), "utf8"), /import\("\.\/acme\/adapter\.js"\)/);
    const include = [...OWN.map((folder) => `${folder}/*.ts`), registryPath, CALLS];
    writeFileSync(join(copy, "new.json"), JSON.stringify({ extends: "./tsconfig.json", include }));
    const tsc = require.resolve("typescript/bin/tsc", { paths: [root] });
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "new.json"], { cwd: copy, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });

  it("gets its page and its place in the README", async () => {
    const generators = await listGenerators(copy);
    const page = await generators.find(({ path }) => path === "docs/exchanges/acme.md")?.render();
    assert.match(page ?? "", /# Acme\n[\s\S]*\| `issue` \| not yet \|/);
    const readme = await generators.find(({ path }) => path === "README.md")?.render();
    assert.match(readme ?? "", /\[Acme\]\(docs\/exchanges\/acme\.md\) \| not yet \|/);
  });

  it("is never written over what is there", () => {
    const written = readFileSync(join(copy, "sandbox/exchanges/acme/index.ts"), "utf8");
    assert.throws(() => writeSkeleton(copy, ACME), /there already: providers\/src\/exchanges\/acme, sandbox/);
    assert.equal(readFileSync(join(copy, "sandbox/exchanges/acme/index.ts"), "utf8"), written);
  });

  it("is not in the list before it has descriptor and adapter", () => {
    rmSync(join(copy, "providers/src/exchanges/acme/adapter.ts"));
    assert.ok(existsSync(join(copy, "providers/src/exchanges/acme")));
    assert.doesNotMatch(renderRegistry(copy), /acme/);
  });
});

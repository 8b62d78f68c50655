import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../scripts/setup/paths";

const FOLDER = join(root, ".github/workflows");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("workflows", () => {
  for (const file of readdirSync(FOLDER)) {
    const text = read(`.github/workflows/${file}`);
    const workflow = parse(text) as {
      readonly permissions: unknown;
      readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
    };

    it(`${file} pins every action by its whole commit hash, and names the version beside it`, () => {
      const used = text.split("\n").filter((line) => /\buses:/.test(line));
      assert.ok(used.length > 0);
      for (const line of used) assert.match(line, /uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it(`${file} may read the repository and nothing else, but for the job that publishes`, () => {
      assert.deepEqual(workflow.permissions, { contents: "read" });
      for (const [job, { permissions = {} }] of Object.entries(workflow.jobs)) {
        const further = Object.entries(permissions).filter(([name, right]) => !(name === "contents" && right === "read"));
        assert.deepEqual(further, job === "publish" ? [["id-token", "write"]] : [], job);
      }
    });

    it(`${file} puts no text of a stranger into a shell`, () => {
      for (const [, script = ""] of text.matchAll(/run: (.*)/g)) assert.doesNotMatch(script, /\$\{\{/);
    });
  }

  it("test every Node that is supported, and develop on one of them", () => {
    const { node } = parse(read(".github/workflows/ci.yml")).jobs.test.strategy.matrix;
    assert.deepEqual(node, ["20", "22", "24"]);
    assert.ok(node.includes(read(".nvmrc").trim()));
  });
});

describe("a release", () => {
  let releaseProblems: (release: typeof ready) => readonly string[];
  before(async () => {
    ({ releaseProblems } = await import("../../scripts/release-problems.mjs"));
  });

  const repository = { url: "git+https://github.com/somebody/pulumi-exchange-keys.git" };
  const ready = { tag: "v1.2.3", manifest: { version: "1.2.3", repository }, changelog: "# C\n\n## 1.2.3\n", isOnMain: true };

  it("goes out when all is as it says", () => assert.deepEqual(releaseProblems(ready), []));

  for (const [change, why] of [
    [{ tag: "v1.2.4" }, /tag is v1\.2\.4/],
    [{ changelog: "# C\n\n## Unreleased\n" }, /no heading/],
    [{ manifest: { version: "1.2.3", repository: { url: "git+https://github.com/OWNER/p.git" } } }, /OWNER/],
    [{ isOnMain: false }, /not on main/],
  ] as const) {
    it(`is refused: ${why.source}`, () => assert.match(releaseProblems({ ...ready, ...change }).join("; "), why));
  }
});

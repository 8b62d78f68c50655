import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../../scripts/setup/paths";

/** Pages for people, each with what it points to in this project. */
function pages(): readonly string[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join(root, "docs", name));
  return [join(root, "README.md"), ...docs].filter((path) => path.endsWith(".md"));
}

/** Links to other files, and tests that are named. */
function targets(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, link = ""]) =>
    /^[a-z]+:/.test(link) ? [] : [join(dirname(path), link)],
  );
  const tests = [...text.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(([, name = ""]) => join(root, name));
  return [...links, ...tests];
}

describe("pages for people", () => {
  it("point to nothing that is not there", () => {
    const missing = pages().flatMap((path) =>
      targets(path)
        .filter((target) => !existsSync(target))
        .map((target) => `${relative(root, path)}: ${relative(root, target)}`),
    );
    assert.deepEqual(missing, []);
  });

  it("name tests and other pages at all", () => {
    const found = pages().flatMap(targets);
    assert.ok(found.some((target) => target.endsWith(".test.ts")) && found.some((target) => target.endsWith(".md")));
  });
});

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

/** Links to a heading, of this page or of another one, as file and heading. */
function headings(path: string): readonly (readonly [file: string, heading: string])[] {
  const found = [...readFileSync(path, "utf8").matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)];
  return found.map(([, link = "", heading = ""]) => [link === "" ? path : join(dirname(path), link), heading]);
}

/** How GitHub names the headings of a page: a name that is taken gets a number. */
function namesOf(path: string): ReadonlySet<string> {
  const titles = [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title.toLowerCase());
  const names = titles.map((title) => title.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
  const earlier = (index: number): number => names.slice(0, index).filter((name) => name === names[index]).length;
  return new Set(names.map((name, index) => (earlier(index) === 0 ? name : `${name}-${earlier(index)}`)));
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

  it("point to no heading that is not there", () => {
    const all = pages().flatMap((path) => headings(path).map(([file, heading]) => ({ path, file, heading })));
    assert.ok(all.length >= 10, String(all.length));
    const missing = all.filter(({ file, heading }) => !namesOf(file).has(heading));
    assert.deepEqual(
      missing.map(({ path, file, heading }) => `${relative(root, path)}: ${relative(root, file)}#${heading}`),
      [],
    );
  });

  it("name tests and other pages at all", () => {
    const found = pages().flatMap(targets);
    assert.ok(found.some((target) => target.endsWith(".test.ts")) && found.some((target) => target.endsWith(".md")));
  });
});

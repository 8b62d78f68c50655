import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";

const folders = readdirSync(join(root, "test"), { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe("the page about tests", () => {
  it("names every folder in one line, and no other", () => {
    const [, table = ""] = readFileSync(join(root, "test/README.md"), "utf8").split("## Folders");
    const named = [...table.matchAll(/^\| `([\w-]+)\/` \| \S.*\|$/gm)].map(([, folder]) => folder);
    assert.deepEqual(named, folders.map(({ name }) => name).sort());
  });

  it("sends nobody to a folder that there is not", () => {
    const [which = ""] = readFileSync(join(root, "test/README.md"), "utf8").split("## Folders");
    const named = [...which.matchAll(/`([a-z-]+)\/[^`]*`/g)].map(([, folder]) => folder ?? "");
    const known = folders.map(({ name }) => name);
    assert.deepEqual(
      named.filter((folder) => folder !== "docs" && !known.includes(folder)),
      [],
    );
  });
});

describe("tests of a room of the provider", () => {
  for (const room of ["credentials", "runtime", "resources"]) {
    it(`lie in a folder of its name: ${room}`, () => {
      assert.ok(readdirSync(join(root, "test", room)).some((file) => file.endsWith(".test.ts")));
    });
  }
});

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiReference } from "../../scripts/generated/api-reference";
import { root } from "../../scripts/setup/paths";

describe("the API reference", function () {
  this.timeout(600_000);
  let copy: string;
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "api-reference-test-"));
    for (const part of ["providers/src", "providers/package.json", "providers/tsconfig.json", "typedoc.json"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  it("is not written while a public item has no doc comment, and names it", async () => {
    const [page] = apiReference(copy);
    const file = join(copy, "providers/src/client/open.ts");
    const text = readFileSync(file, "utf8");
    const bare = text.replace(/\/\*\*[^\n]*\*\/\n(?=export interface OpenOptions)/, "");
    assert.notEqual(bare, text);
    writeFileSync(file, bare);
    await assert.rejects(async () => page?.render(), /client\.OpenOptions \(Interface\).*does not have any documentation/);
  });
});

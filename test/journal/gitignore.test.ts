import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_FOLDER } from "../../providers/src/journal/open-journal";

describe("the .gitignore that the docs show", () => {
  for (const path of ["README.md", "docs/journal.md"]) {
    it(`keeps the journal out of the repository: ${path}`, () => {
      const text = readFileSync(join(__dirname, "../..", path), "utf8");
      const [, lines = ""] = /```gitignore\n([\s\S]*?)```/.exec(text) ?? assert.fail("it shows none");
      const project = mkdtempSync(join(tmpdir(), "exchange-keys-git-"));
      try {
        const git = (...args: string[]) => spawnSync("git", args, { cwd: project, encoding: "utf8" });
        assert.equal(git("init", "--quiet").status, 0);
        writeFileSync(join(project, ".gitignore"), lines.replaceAll(/^ +/gm, ""));
        assert.equal(git("check-ignore", "--quiet", join(DEFAULT_FOLDER, "one.jsonl")).status, 0);
        assert.equal(git("check-ignore", "--quiet", "index.ts").status, 1);
      } finally {
        rmSync(project, { recursive: true });
      }
    });
  }
});

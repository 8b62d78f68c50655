import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { GitleaksUnavailable, gitleaks } from "../../scripts/gitleaks";
import { root } from "../../scripts/setup/paths";

/** Not of the checkout's text. */
const LEFT_OUT = ["node_modules", ".git", ".exchange-keys", "dist"];

interface Finding {
  readonly RuleID: string;
  readonly File: string;
}

describe("gitleaks, the real one", function () {
  this.timeout(1_200_000);
  let program: string;
  let copy: string;

  before(async function () {
    copy = mkdtempSync(join(tmpdir(), "gitleaks-"));
    cpSync(root, join(copy, "tree"), { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
    try {
      program = await gitleaks();
    } catch (error) {
      if (!(error instanceof GitleaksUnavailable) || process.env.CI === "true") throw error;
      console.log(`skipped: ${error.message}`);
      this.skip();
    }
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  /** What it finds, as `rule file`. */
  function found(mode: "dir" | "git", cwd: string): readonly string[] {
    const report = join(copy, "report.json");
    const args = [mode, ".", "--no-banner", "--redact", "--exit-code", "0", "-f", "json", "-r", report];
    const { status, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const findings: readonly Finding[] = JSON.parse(readFileSync(report, "utf8"));
    return findings.map(({ RuleID, File }) => `${RuleID} ${File}`).sort();
  }

  it("finds nothing in the files", () => {
    assert.deepEqual(found("dir", join(copy, "tree")), []);
  });

  it("finds nothing in the history", function () {
    // A packed tree has none.
    if (!existsSync(join(root, ".git"))) return this.skip();
    assert.deepEqual(found("git", root), []);
  });

  it("still finds a secret of another kind in an excused file, and the excused kind in another file", () => {
    const tree = join(copy, "tree");
    const key = `AKIA${randomBytes(40)
      .toString("base64")
      .replace(/[^A-Z2-7]/g, "")
      .padEnd(16, "Q7XZ")
      .slice(0, 16)}`;
    const secret = randomBytes(24).toString("hex");
    appendFileSync(join(tree, "test/stack/fixtures/present.json"), `\n// ${key}\n`);
    appendFileSync(join(tree, "test/wire/golden/okx/list.json"), `\n{"apiKey": "${secret}"}\n`);
    appendFileSync(join(tree, "docs/security.md"), `\napiKey: "${secret}"\n`);
    assert.deepEqual(found("dir", tree), [
      "aws-access-token test/stack/fixtures/present.json",
      "generic-api-key docs/security.md",
      "generic-api-key test/wire/golden/okx/list.json",
    ]);
  });
});

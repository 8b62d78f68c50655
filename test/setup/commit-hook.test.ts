import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installCommitHook } from "../../scripts/setup/commit-hook";
import { root } from "../../scripts/setup/paths";

const RULE = "scripts/commit-message.mjs";
const GOOD = "fix(seal): refuse a document of another key";

describe("the rule for commit messages", () => {
  let problemsOf: (message: string) => readonly string[];
  before(async () => {
    ({ problemsOf } = await import("../../scripts/commit-message.mjs"));
  });

  for (const good of [
    GOOD,
    `${GOOD}\n\nWhy: a body of any length ${"x".repeat(200)}`,
    `# a comment\n${GOOD}\n# another`,
    "build(deps): bring undici to 7.31",
    `feat(wire): ${"x".repeat(60)}`,
  ]) {
    it(`takes ${JSON.stringify(good).slice(0, 60)}`, () => assert.deepEqual(problemsOf(good), []));
  }

  for (const [bad, why] of [
    ["", /type\(scope\)/],
    ["docs: say how", /type\(scope\)/],
    ["wip(seal): try", /type\(scope\)/],
    ["fix(seal):refuse it", /type\(scope\)/],
    [`feat(wire): ${"x".repeat(61)}`, /73 characters, and at most 72/],
    ["fix(seal): Refuse it", /small letter/],
    ["fix(seal): refuse it.", /full stop/],
    ["fix(seal): refused it", /"refused" is no order/],
    ["fix(seal): refuses it", /"refuses" is no order/],
    ["fix(seal): refusing it", /"refusing" is no order/],
  ] as const) {
    it(`refuses ${JSON.stringify(bad).slice(0, 60)}`, () => assert.match(problemsOf(bad).join("; "), why));
  }

  it("names everything at once", () => {
    assert.equal(problemsOf(`fix(seal): Refused ${"x".repeat(70)}.`).length, 4);
  });
});

describe("the hook for commit messages", function () {
  this.timeout(120_000);
  let folder: string;
  let checkout: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "commit-hook-"));
    checkout = join(folder, "checkout");
    mkdirSync(join(checkout, "scripts"), { recursive: true });
    cpSync(join(root, RULE), join(checkout, RULE));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const who = [
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@b.invalid",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
  ];
  function git(cwd: string, ...args: readonly string[]) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
    const quiet = { ...env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
    return spawnSync("git", [...who, ...args], { cwd, encoding: "utf8", env: quiet });
  }
  const commit = (message: string, cwd = checkout) => git(cwd, "commit", "--allow-empty", "-m", message);
  const hook = () => join(checkout, ".git/hooks/commit-msg");

  it("is installed once, lets good messages in, and says of others what is wrong", async () => {
    git(checkout, "init");
    assert.equal(await installCommitHook(checkout), "installed");
    assert.equal(await installCommitHook(checkout), "there already");
    assert.equal(commit(GOOD).status, 0);
    const refused = commit("Refused it.");
    assert.notEqual(refused.status, 0);
    assert.match(refused.stderr, /type\(scope\): what/);
    assert.equal(commit("fixup! whatever it was").status, 0);
  });

  it("is renewed where it is ours, and written over no hook of a person", async () => {
    git(checkout, "init");
    await installCommitHook(checkout);
    const ours = readFileSync(hook(), "utf8");
    writeFileSync(hook(), `${ours}# of an older version\n`);
    assert.equal(await installCommitHook(checkout), "installed");
    assert.equal(readFileSync(hook(), "utf8"), ours);
    const own = "#!/bin/sh\nexit 0\n";
    writeFileSync(hook(), own);
    chmodSync(hook(), 0o755);
    assert.equal(await installCommitHook(checkout), "another's hook is there");
    assert.equal(readFileSync(hook(), "utf8"), own);
  });

  it("leaves a folder of hooks alone that a person chose", async () => {
    git(checkout, "init");
    const mine = join(folder, "mine");
    mkdirSync(mine);
    git(checkout, "config", "core.hooksPath", mine);
    assert.equal(await installCommitHook(checkout), "hooks lie elsewhere");
    assert.ok(!existsSync(join(mine, "commit-msg")) && !existsSync(hook()));
  });

  it("works in a worktree, also of a revision that has no rule", async () => {
    git(checkout, "init");
    commit("begun");
    const [with_, without] = [join(folder, "with"), join(folder, "without")];
    for (const worktree of [with_, without]) git(checkout, "worktree", "add", "--detach", worktree);
    mkdirSync(join(with_, "scripts"));
    cpSync(join(root, RULE), join(with_, RULE));
    assert.equal(await installCommitHook(with_), "installed");
    assert.ok(existsSync(hook()), "hooks are of the repository, not of the worktree");
    assert.notEqual(commit("Refused it.", with_).status, 0);
    assert.equal(commit(GOOD, with_).status, 0);
    assert.equal(commit("Whatever it was.", without).status, 0);
  });

  it("is not installed without a repository, nor into that of something else around it", async () => {
    assert.equal(await installCommitHook(checkout), "no repository");
    git(folder, "init");
    assert.equal(await installCommitHook(checkout), "no repository");
    assert.ok(!existsSync(join(folder, ".git/hooks/commit-msg")));
  });

  it("CI looks at the commits of a branch only, and at none where the history is not at hand", () => {
    git(checkout, "init");
    commit("Begun long ago.");
    const base = git(checkout, "rev-parse", "HEAD").stdout.trim();
    commit(GOOD);
    const since = (commitId: string) =>
      spawnSync(process.execPath, [RULE, "--since", commitId], { cwd: checkout, encoding: "utf8" });
    assert.deepEqual([since(base).status, since(base).stdout], [0, "1 commits checked, 0 refused\n"]);
    commit("Not so good.");
    const { status, stdout, stderr } = since(base);
    assert.deepEqual([status, stdout], [1, "2 commits checked, 1 refused\n"]);
    assert.match(stderr, /Not so good\.\n {2}- it is not "type\(scope\): what"/);
    assert.deepEqual(
      [since("0".repeat(40)).status, since("0".repeat(40)).stdout],
      [0, "the history is not at hand: no commit was checked\n"],
    );
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { buildFromModules } from "../../scripts/setup/go-build";
import { root } from "../../scripts/setup/paths";
import { inFolder } from "./folder";

const lock = {
  packages: { "": {}, "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0", optional: true } },
};

/** A checkout with nothing but what set-up's first step reads, and an npm that notes its calls and "installs" what it is told. */
async function checkout(
  folder: string,
  installs: unknown,
): Promise<(env?: NodeJS.ProcessEnv) => { status: number | null; stderr: string }> {
  await cp(join(root, "scripts/setup.mjs"), join(folder, "scripts/setup.mjs"));
  for (const name of ["command.mjs", "lock.mjs", "progress.mjs"])
    await cp(join(root, "scripts/setup", name), join(folder, "scripts/setup", name));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
  await mkdir(join(folder, "bin"));
  const install = `mkdir -p node_modules/pulumi-exchange-keys && printf '%s' '${JSON.stringify(installs)}' > node_modules/.package-lock.json`;
  const npm = `#!/bin/sh\necho "$@" >> calls\n${installs === undefined ? "echo 'npm error network https://user:pw@mirror.example/x' >&2; exit 1" : install}\n`;
  await writeFile(join(folder, "bin/npm"), npm, { mode: 0o755 });
  return () => {
    const env = { PATH: [join(folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) };
    const { status, stderr } = spawnSync(process.execPath, ["scripts/setup.mjs"], { cwd: folder, env, encoding: "utf8" });
    return { status, stderr };
  };
}

const calls = (folder: string) => readFile(join(folder, "calls"), "utf8").then((text) => text.trim().split("\n"));

describe("a first run on a fresh clone", () => {
  it("installs the dependencies once, and again when the lock changes", () =>
    inFolder(async (folder) => {
      const run = await checkout(folder, { packages: { "node_modules/a": { version: "1.0.0" } } });
      // There is no TypeScript part in this checkout, so every run ends there, after the dependencies.
      assert.match(run().stderr, /installing npm dependencies/);
      assert.deepEqual(await calls(folder), ["ci"]);
      assert.doesNotMatch(run().stderr, /installing/);
      assert.deepEqual(await calls(folder), ["ci"]);
      await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock).replace("1.0.0", "1.0.1"));
      assert.match(run().stderr, /node_modules does not hold what package-lock.json says/);
      assert.deepEqual(await calls(folder), ["ci", "ci"]);
    }));

  it("stops at a failing npm, quotes it, and hides addresses", () =>
    inFolder(async (folder) => {
      const { status, stderr } = (await checkout(folder, undefined))();
      assert.equal(status, 1);
      assert.match(stderr, /npm ci failed: exit code 1\nnpm error network <address>/);
    }));

  it("quotes the start and the end of a long output, and not what lies between", async () => {
    const { runShown } = await import("../../scripts/setup/command.mjs");
    const args = ["-e", "for (let i = 1; i <= 40; i++) console.log('line ' + i + ';'); process.exit(3)"];
    const failing = runShown({ title: "a tool", file: process.execPath, args, report: () => {} });
    await assert.rejects(failing, (error: Error) => {
      assert.match(error.message, /^a tool failed: exit code 3\nline 1;.*line 12;\nline 29;.*line 40;$/s);
      return true;
    });
  });

  it("names Go and Pulumi when neither is there", () =>
    inFolder(async (folder) => {
      await assert.rejects(
        buildFromModules(folder, () => {}, { PATH: folder }),
        /go is missing: install Go 1\.\d+.* or Pulumi 3\.226\.0/,
      );
    }));

  it("refuses a Go that is too old before it builds anything", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "go"), '#!/bin/sh\n[ "$1" = version ] && echo "go version go1.20.1 linux/amd64" || exit 9\n', {
        mode: 0o755,
      });
      await assert.rejects(
        buildFromModules(folder, () => {}, { PATH: folder }),
        /go 1\.20\.1 is too old: install Go/,
      );
    }));
});

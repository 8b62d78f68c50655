import { spawnSync } from "node:child_process";
import { root } from "./setup/paths";
import { readArguments, readMochaOptions } from "./shards/options";
import { runShards } from "./shards/run";

/** Files that run no compiled program and no CLI come first in one process: what fails should fail soon. */
const slow = ["closure", "program", "host", "stack", "aws", "crash", "canary"];
const everything = [`test/!(${slow.join("|")})/**/*.test.ts`, ...slow.map((folder) => `test/${folder}/**/*.test.ts`)];

function runNode(module: string, args: readonly string[]): number {
  const path = require.resolve(module, { paths: [root] });
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: "inherit" });
  return status ?? 1;
}

/** Types first, then the tests: all of them, or those that the arguments name. */
async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args, process.env);
  const types = asked.skipsTypes ? 0 : runNode("typescript/bin/tsc", ["-p", root, "--noEmit"]);
  if (types !== 0) return types;
  const read = readMochaOptions(["--forbid-only", ...asked.mocha]);
  if (asked.shards > 1) return await runShards(asked, read);
  return runNode("mocha/bin/mocha.js", ["--forbid-only", ...asked.mocha, ...(read.files.length > 0 ? [] : everything)]);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);

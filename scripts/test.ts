import { spawnSync } from "node:child_process";
import { root } from "./setup/paths";

/** Files that run no compiled program and no CLI come first: what fails should fail soon. */
const slow = ["closure", "program", "host", "stack", "aws", "crash", "canary"];
const everything = [`test/!(${slow.join("|")})/**/*.test.ts`, ...slow.map((folder) => `test/${folder}/**/*.test.ts`)];

function runNode(module: string, args: readonly string[]): number {
  const path = require.resolve(module, { paths: [root] });
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: "inherit" });
  return status ?? 1;
}

/** Types first, then the tests: all of them, or those that the arguments name. */
function main(args: readonly string[]): number {
  const types = runNode("typescript/bin/tsc", ["-p", root, "--noEmit"]);
  if (types !== 0) return types;
  const named = args.some((arg) => arg.endsWith(".test.ts"));
  return runNode("mocha/bin/mocha.js", ["--forbid-only", ...args, ...(named ? [] : everything)]);
}

process.exitCode = main(process.argv.slice(2));

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./setup/paths";

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const program = (path: string) => join(root, "node_modules", path);
const script = (name: string) => ["--import", "tsx", `scripts/${name}`];

const steps: readonly Step[] = [
  { name: "types of the provider", args: [program("typescript/bin/tsc"), "-p", "providers", "--noEmit"] },
  { name: "types of everything", args: [program("typescript/bin/tsc"), "-p", ".", "--noEmit"] },
  { name: "lint and format", args: [program("@biomejs/biome/bin/biome"), "check"] },
  { name: "generated files", args: [...script("generate.ts"), "--check"] },
  { name: "house rules", args: script("check-style.ts") },
  { name: "unused code and packages", args: [program("knip/bin/knip.js")] },
];

/** Runs every step, also after a failure, so that one run shows all there is to do. */
function main(): number {
  const outcomes = steps.map(({ name, args }) => {
    console.log(`\n── ${name}`);
    return { name, ok: spawnSync(process.execPath, [...args], { cwd: root, stdio: "inherit" }).status === 0 };
  });
  console.log(`\n${outcomes.map(({ name, ok }) => `${ok ? "ok    " : "FAILED"}  ${name}`).join("\n")}`);
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

process.exitCode = main();

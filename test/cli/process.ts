import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";
import type { Said } from "./terminal";

export const MAIN = join(root, "providers/src/cli/main.ts");

/** Runs the program in a process of its own, as a person does in a script. */
export async function runMain(
  args: readonly string[],
  { stdin = "", variables = {} }: { readonly stdin?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { cwd: root, env });
  const said = { out: "", err: "" };
  for (const [name, stream] of [["out", child.stdout] as const, ["err", child.stderr] as const]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  // A run that refuses the command line does not read.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(stdin);
  const [code] = await once(child, "close");
  return { code: Number(code), ...said };
}

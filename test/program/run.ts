import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "../../scripts/setup/paths";
import type { Order, Report } from "./child";

export const stacksFolder = join(root, "stacks");

/** What programs are told of their stack. */
export const STACK = "mocked";

/** Stack configuration: name with namespace → value. */
export type Config = Readonly<Record<string, unknown>>;

/** What `stacks/Pulumi.<stack>.yaml` declares. */
export async function stackConfig(stack: string): Promise<Config> {
  const content = parse(await readFile(join(stacksFolder, `Pulumi.${stack}.yaml`), "utf8"));
  return z.object({ config: z.record(z.string(), z.unknown()) }).parse(content).config;
}

/** A program of this folder's `programs/`, or the project's own. */
export function programPath(name?: string): string {
  return name === undefined ? join(root, "index.ts") : join(__dirname, "programs", `${name}.ts`);
}

interface Options {
  readonly program?: string;
  readonly config: Config;
  readonly preview?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program as the CLI would, with mocks in the engine's place. @throws Error when the process itself fails */
export async function runProgram({ program, config, preview = false, env = {} }: Options): Promise<Report> {
  const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const entries = Object.entries(config).map(([name, value]) => [name, asText(value)]);
  const order: Order = { program: programPath(program), config: Object.fromEntries(entries), preview, stack: STACK };
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "child.ts")], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify(order));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (stdout === "") throw new Error(`the program's process printed nothing:\n${stderr}`);
  return JSON.parse(stdout);
}

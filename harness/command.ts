import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "../scripts/setup/paths";

/** The compiled `exchange-keys`, as a package manager links it. */
export const COMMAND = join(root, "node_modules", "pulumi-exchange-keys", "dist", "cli", "main.js");

/** What a run of `exchange-keys` is given, beside its arguments. */
export interface CommandInput {
  readonly env: Readonly<Record<string, string>>;
  /** On its standard input. */
  readonly lines: readonly string[];
}

/** Runs `exchange-keys`. @returns what it printed @throws Error with its error output when it fails */
export async function exchangeKeys(args: readonly string[], { env, lines }: CommandInput): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`exchange-keys ${args[0]} ended with ${code}\n${stderr}`);
  return stdout;
}

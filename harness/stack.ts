import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../scripts/setup/paths";
import type { Toolchain } from "../scripts/setup/toolchain";

/** How one run of the CLI ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a stack lives and what its runs see. */
export interface StackOptions {
  readonly toolchain: Toolchain;
  /** Folder of the file backend. */
  readonly backend: string;
  readonly stack: string;
  /** Stack configuration; by default the one in `stacks/`. */
  readonly configFile?: string;
  /** Folder of the program; by default the project's own. */
  readonly project?: string;
  /** Added to the environment of every run. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** One stack on a file backend, driven through the real CLI. */
export class Stack {
  constructor(readonly options: StackOptions) {}

  async init(): Promise<void> {
    await mkdir(this.options.backend, { recursive: true });
    await this.must("stack", "init", this.options.stack);
  }

  /** Runs the CLI and waits for it, whatever its exit code. */
  async run(...args: readonly string[]): Promise<Run> {
    const { toolchain, backend, stack, configFile, project = root, env } = this.options;
    const named = args[0] === "stack" && args[1] === "init" ? [] : ["--stack", stack];
    const config = configFile === undefined || args[0] === "cancel" ? [] : ["--config-file", configFile];
    const all = [
      ...args,
      ...named,
      ...(args[0] === "stack" && args[1] !== "init" ? [] : config),
      "--non-interactive",
      "--color",
      "never",
    ];
    const own = { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "sandbox" };
    const child = spawn(toolchain.pulumi, all, {
      cwd: project,
      env: { ...process.env, ...toolchain.env, ...own, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text;
        for (const line of text.split("\n")) if (line.trim() !== "") this.options.onLine?.(line);
      });
    }
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? -1));
    });
    return { code, ...texts };
  }

  /** @throws Error with the CLI's output when it fails */
  async must(...args: readonly string[]): Promise<Run> {
    const run = await this.run(...args);
    if (run.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${run.code}\n${run.stdout}\n${run.stderr}`);
    return run;
  }

  up(...args: readonly string[]): Promise<Run> {
    return this.must("up", "--yes", "--skip-preview", ...args);
  }

  /** The checkpoint as the CLI wrote it. */
  get checkpoint(): string {
    return join(this.options.backend, ".pulumi", "stacks", "exchange-keys", `${this.options.stack}.json`);
  }
}

/** How many resources a run changed, by what was done to them: `{ created: 4 }`. */
export function changesIn(run: Run): Readonly<Record<string, number>> {
  const block = /^Resources:\n((?: {4}.*\n?)+)/m.exec(run.stdout)?.[1] ?? "";
  const counts = [...block.matchAll(/(\d+) (created|updated|deleted|replaced|to create|to update|to delete|unchanged|changed)/g)];
  return Object.fromEntries(counts.map(([, count, what]) => [what, Number(count)]));
}

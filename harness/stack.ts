import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../scripts/setup/paths";
import type { Toolchain } from "../scripts/setup/toolchain";

/** How one run of the CLI ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the CLI under way. */
export interface Running {
  readonly pid: number;
  /** Rejects only when the CLI could not be started. */
  readonly ended: Promise<Run>;
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

const PROJECT_NAME = "exchange-keys";

/** Commands that run the program or its provider. The others know no `--config-file`. */
const CONFIGURED: ReadonlySet<string | undefined> = new Set(["up", "preview", "refresh", "destroy"]);

/**
 * A folder as Pulumi's backend. Without `metadata=skip` the engine writes an `.attrs` file beside each of its files, not atomically: killed in
 * the middle, it can leave an empty one, and then refuses the stack (`failed to load checkpoint: EOF`) until somebody deletes it.
 */
export function backendUrl(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** One stack on a file backend, driven through the real CLI. */
export class Stack {
  constructor(readonly options: StackOptions) {}

  /** The same stack, but for `changes`. */
  with(changes: Partial<StackOptions>): Stack {
    return new Stack({ ...this.options, ...changes });
  }

  async init(): Promise<void> {
    const { backend, stack, configFile } = this.options;
    await mkdir(backend, { recursive: true });
    if (configFile !== undefined) {
      // `stack` commands write and rename stack files of the project they run in: this one is not the checkout's.
      await writeFile(join(dirname(configFile), "Pulumi.yaml"), `name: ${PROJECT_NAME}\nruntime: nodejs\n`);
    }
    await this.must("stack", "init", stack);
  }

  /** Runs the CLI and waits for it, whatever its exit code. */
  run(...args: readonly string[]): Promise<Run> {
    return this.start(...args).ended;
  }

  /** Runs the CLI. The caller waits for its end. */
  start(...args: readonly string[]): Running {
    const { toolchain, backend, project = root, configFile, env } = this.options;
    const own = { PULUMI_BACKEND_URL: backendUrl(backend), PULUMI_CONFIG_PASSPHRASE: "sandbox" };
    const stateOnly = configFile !== undefined && !CONFIGURED.has(args[0]);
    const child = spawn(toolchain.pulumi, this.withFlags(args), {
      cwd: stateOnly ? dirname(configFile) : project,
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
    const ended = new Promise<Run>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve({ code: status ?? -1, ...texts }));
    });
    return { pid: child.pid ?? 0, ended };
  }

  private withFlags(args: readonly string[]): readonly string[] {
    const { stack, configFile } = this.options;
    const named = args[0] === "stack" && args[1] === "init" ? [] : ["--stack", stack];
    const config = configFile !== undefined && CONFIGURED.has(args[0]) ? ["--config-file", configFile] : [];
    return [...args, ...named, ...config, "--non-interactive", "--color", "never"];
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
    return join(this.options.backend, ".pulumi", "stacks", PROJECT_NAME, `${this.options.stack}.json`);
  }
}

/** How many resources a run changed, by what was done to them: `{ created: 4 }`. */
export function changesIn(run: Run): Readonly<Record<string, number>> {
  const block = /^Resources:\n((?: {4}.*\n?)+)/m.exec(run.stdout)?.[1] ?? "";
  const counts = [...block.matchAll(/(\d+) (created|updated|deleted|replaced|to create|to update|to delete|unchanged|changed)/g)];
  return Object.fromEntries(counts.map(([, count, what]) => [what, Number(count)]));
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { ControlClient } from "./control-client";
import { type SandboxFile, sandboxFile } from "./run-folder";

export interface StartOptions {
  readonly dir: string;
  readonly rateScale?: number;
  readonly seed?: number;
  /** Goes on when this process ends; somebody else stops it, by the pid in `sandbox.json`. */
  readonly lasting?: boolean;
}

export interface StartedSandbox {
  /** What `sandbox.json` says. */
  readonly files: SandboxFile;
  readonly control: ControlClient;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

/** Runs the sandbox as a child that ends with this process at the latest, but for a lasting one. @throws Error when it does not come up */
export async function startSandbox({ dir, rateScale, seed, lasting = false }: StartOptions): Promise<StartedSandbox> {
  const args = ["--import", pathToFileURL(require.resolve("tsx")).href, join(__dirname, "main.ts")];
  args.push("--dir", dir);
  if (!lasting) args.push("--until-stdin-closes");
  if (rateScale !== undefined) args.push("--rate-scale", String(rateScale));
  if (seed !== undefined) args.push("--seed", String(seed));
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], detached: lasting });
  const ended = once(child, "exit");
  await ready(child);
  if (lasting) release(child);
  const files = sandboxFile.parse(JSON.parse(await readFile(join(resolve(dir), "sandbox.json"), "utf8")));
  return {
    files,
    control: new ControlClient(files.control),
    stop: async () => {
      if (lasting) child.kill();
      else child.stdin.end();
      await ended;
    },
  };
}

/** Lets this process end while the child goes on. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) if (stream instanceof Socket) stream.unref();
}

/** Its last line says that everything listens. What comes later is read away, so that the child never waits for us. */
async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("the sandbox has no standard output");
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolveReady, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the sandbox ended before it was ready; see its error output")));
    lines.on("line", (line) => {
      if (line.startsWith("ready ")) resolveReady();
    });
  });
}

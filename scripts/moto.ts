import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { findProgram, pathFolders } from "./setup/look";
import { cacheFolder } from "./setup/paths";
import { type Report, reportToStderr } from "./setup/report";

/** moto, an emulator of AWS, as PyPI has it. */
export const MOTO_VERSION = "5.2.5";

const readyWithinMs = 60_000;
const remedy =
  "install Python 3.10 or later with venv and pip (Debian: apt-get install python3-venv; macOS: brew install python)";

/** Serves on a free port until its standard input ends: then nobody is left who could stop it. */
const serve = `
import os, sys, threading
def follow():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=follow, daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", "0"])
`;

/** This machine cannot run moto. The message says what to install. */
export class MotoUnavailable extends Error {
  override readonly name = "MotoUnavailable";
}

export interface MotoOptions {
  /** Where the Python environment is kept; shared by all checkouts of a user. */
  readonly cacheDir?: string;
  readonly report?: Report;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Moto {
  /** Such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** The Python that runs it. It has boto3 too. */
  readonly python: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free loopback port. The first time it installs moto from PyPI, with visible progress. The server ends with this
 * process, however that ends.
 * @throws MotoUnavailable
 */
export async function startMoto(options: MotoOptions = {}): Promise<Moto> {
  const python = await installMoto({ report: reportToStderr, env: process.env, ...options });
  const child = spawn(python, ["-c", serve], { stdio: ["pipe", "ignore", "pipe"], env: options.env ?? process.env });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  };
  try {
    const endpoint = await listening(child);
    child.stderr.resume();
    return { endpoint, python, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function installMoto(options: MotoOptions & { report: Report; env: NodeJS.ProcessEnv }): Promise<string> {
  const folder = join(options.cacheDir ?? cacheFolder(options.env), `moto-${MOTO_VERSION}`);
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (existsSync(python)) return python;
  const system = ["python3", "python"]
    .map((name) => findProgram(name, pathFolders(options.env)))
    .find((found) => found !== undefined);
  if (system === undefined) throw new MotoUnavailable(`moto ${MOTO_VERSION} needs python3, which is not on PATH: ${remedy}`);
  const { withLock } = await import("./setup/lock.mjs");
  await withLock(`${folder}.lock`, options.report, async () => {
    if (!existsSync(python)) await makeEnvironment(system, folder, options);
  });
  return python;
}

/** Made under another name and put in place in one step, so that half an environment is never used. */
async function makeEnvironment(
  system: string,
  folder: string,
  { report, env }: { readonly report: Report; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { runShown } = await import("./setup/command.mjs");
  const draft = `${folder}.${process.pid}.tmp`;
  const python = join(draft, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", `moto[server]==${MOTO_VERSION}`];
  try {
    report(`installing moto ${MOTO_VERSION} into ${folder} (once, 320 MB)`);
    await runShown({ title: "making a Python environment", file: system, args: ["-m", "venv", draft], env, report });
    await runShown({ title: `installing moto ${MOTO_VERSION} from PyPI`, file: python, args: pip, env, report });
    await rename(draft, folder);
  } catch (error) {
    throw new MotoUnavailable(
      `moto ${MOTO_VERSION} could not be installed; ${remedy}\n${error instanceof Error ? error.message : ""}`,
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The address on which the server says that it listens, once it has answered there. */
async function listening(child: ChildProcessByStdio<Writable, null, Readable>): Promise<string> {
  const signal = AbortSignal.timeout(readyWithinMs);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr, signal })) {
    const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (endpoint !== undefined) {
      const answer = await fetch(`${endpoint}/moto-api/data.json`, { signal });
      if (!answer.ok) throw new MotoUnavailable(`moto answers with status ${answer.status}`);
      return endpoint;
    }
    said.push(line);
  }
  throw new MotoUnavailable(`moto did not start within ${readyWithinMs / 1000} s:\n${said.slice(-15).join("\n")}`);
}

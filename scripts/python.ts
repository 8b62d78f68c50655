import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, pathFolders } from "./setup/look";
import { cacheFolder } from "./setup/paths";
import { type Report, reportToStderr } from "./setup/report";

const remedy =
  "install Python 3.10 or later with venv and pip (Debian: apt-get install python3-venv; macOS: brew install python)";

/** This machine cannot run a program in Python. The message says what to install. */
export class PythonUnavailable extends Error {
  override readonly name = "PythonUnavailable";
}

/** A package as PyPI has it. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Optional parts of it, in pip's words. */
  readonly extras?: string;
  /** What it takes on disk with all it needs, in megabytes. */
  readonly size: number;
}

export interface PythonOptions {
  /** Where Python environments are kept; shared by all checkouts of a user. */
  readonly cacheDir?: string;
  readonly report?: Report;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The Python of an environment that has this package and nothing else. The first time it is installed from PyPI, with visible progress.
 * @returns the path of the interpreter
 * @throws PythonUnavailable
 */
export async function pythonWith(wanted: PythonPackage, options: PythonOptions = {}): Promise<string> {
  const { report = reportToStderr, env = process.env } = options;
  const folder = join(options.cacheDir ?? cacheFolder(env), `${wanted.name}-${wanted.version}`);
  const python = interpreterIn(folder);
  if (existsSync(python)) return python;
  const system = ["python3", "python"].map((name) => findProgram(name, pathFolders(env))).find((found) => found !== undefined);
  if (system === undefined) {
    throw new PythonUnavailable(`${wanted.name} ${wanted.version} needs python3, which is not on PATH: ${remedy}`);
  }
  const { withLock } = await import("./setup/lock.mjs");
  await withLock(`${folder}.lock`, report, async () => {
    if (!existsSync(python)) await makeEnvironment(wanted, { system, folder, report, env });
  });
  return python;
}

function interpreterIn(folder: string): string {
  return join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
}

interface Making {
  readonly system: string;
  readonly folder: string;
  readonly report: Report;
  readonly env: NodeJS.ProcessEnv;
}

/** Made under another name and put in place in one step, so that half an environment is never used. */
async function makeEnvironment(
  { name, version, extras, size }: PythonPackage,
  { system, folder, report, env }: Making,
): Promise<void> {
  const { runShown } = await import("./setup/command.mjs");
  const draft = `${folder}.${process.pid}.tmp`;
  const python = interpreterIn(draft);
  const requirement = `${name}${extras === undefined ? "" : `[${extras}]`}==${version}`;
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", requirement];
  try {
    report(`installing ${name} ${version} into ${folder} (once, ${size} MB)`);
    await runShown({ title: "making a Python environment", file: system, args: ["-m", "venv", draft], env, report });
    await runShown({ title: `installing ${name} ${version} from PyPI`, file: python, args: pip, env, report });
    await rename(draft, folder);
  } catch (error) {
    throw new PythonUnavailable(
      `${name} ${version} could not be installed; ${remedy}\n${error instanceof Error ? error.message : ""}`,
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram, pathFolders } from "./setup/look";
import { cacheFolder, executable, root } from "./setup/paths";
import { type Report, reportToStderr } from "./setup/report";

/** Under its former name, which is that of the Go module to this day. */
const MODULE = "github.com/zricethezav/gitleaks/v8";
const FOLDER = join(root, "toolchain/gitleaks");

/** This machine cannot build gitleaks. The message says what to install. */
export class GitleaksUnavailable extends Error {
  override readonly name = "GitleaksUnavailable";
}

/**
 * The real gitleaks. The first time it is built from the Go modules that `toolchain/gitleaks/go.sum` names, with visible progress.
 * @returns the path of the program
 * @throws GitleaksUnavailable
 */
export async function gitleaks(report: Report = reportToStderr): Promise<string> {
  const version = new RegExp(`${MODULE} v(\\S+)`).exec(await readFile(join(FOLDER, "go.mod"), "utf8"))?.[1];
  const program = join(cacheFolder(), `gitleaks-${version}`, executable("gitleaks"));
  if (existsSync(program)) return program;
  const go = findProgram("go", pathFolders(process.env));
  if (go === undefined) throw new GitleaksUnavailable("gitleaks needs go, which is not on PATH: install Go (https://go.dev/dl)");
  const { withLock } = await import("./setup/lock.mjs");
  await withLock(`${dirname(program)}.lock`, report, async () => {
    if (!existsSync(program)) await build({ go, program, report });
  });
  return program;
}

interface Building {
  readonly go: string;
  readonly program: string;
  readonly report: Report;
}

/** Built under another name and put in place in one step, so that half a program is never used. */
async function build({ go, program, report }: Building): Promise<void> {
  const { runShown } = await import("./setup/command.mjs");
  const draft = `${program}.${process.pid}.tmp`;
  const args = ["build", "-mod=readonly", "-ldflags", "-s -w", "-o", draft, MODULE];
  try {
    await mkdir(dirname(program), { recursive: true });
    report("building gitleaks from Go modules: a few minutes the first time");
    await runShown({ title: "building gitleaks", file: go, args, cwd: FOLDER, env: { ...process.env, GOWORK: "off" }, report });
    await rename(draft, program);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GitleaksUnavailable(`gitleaks could not be built: install Go 1.24.11 or later (https://go.dev/dl)\n${why}`);
  } finally {
    await rm(draft, { force: true });
  }
}

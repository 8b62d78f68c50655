import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { readAtMost } from "./read-at-most";
import { type Caller, callerOfProcess, changeableFile, foreignFile, foreignStep, type Opening } from "./trust";
import { followWay } from "./way";

/** Why a file cannot be read: a phrase that follows its path, and what to do. */
export interface FileProblem {
  readonly message: string;
  readonly code?: string;
  readonly hint: string;
}

export type PrivateFile = { readonly bytes: Buffer } | { readonly problem: FileProblem };

/**
 * Reads a file that holds a secret. It must belong to the caller or to root, and be closed to others. So must every folder and link on the
 * way: who could change those could put another file there. Anything but a regular file is refused before it is opened.
 * @returns `undefined` when nothing is there
 */
export async function readPrivateFile(path: string, maxBytes: number): Promise<PrivateFile | undefined> {
  return await readFile(path, { maxBytes, judge: foreignFile });
}

/** The same of a file that everybody may read, and that nobody but the caller and root may change. */
export async function readUnchangedFile(path: string, maxBytes: number): Promise<PrivateFile | undefined> {
  return await readFile(path, { maxBytes, judge: changeableFile });
}

interface Rules {
  readonly maxBytes: number;
  /** Why a file that is there may not be read. */
  readonly judge: (stats: Stats, caller: Caller) => Opening | undefined;
}

async function readFile(path: string, rules: Rules): Promise<PrivateFile | undefined> {
  try {
    const way = await followWay(path);
    const caller = callerOfProcess();
    const foreign = caller === undefined ? undefined : foreignStep(way.steps, caller);
    if (foreign !== undefined) return refused({ ...foreign, what: `cannot be trusted: ${foreign.what}` });
    if (way.stats === undefined) return undefined;
    const problem = problemOf(way.stats, rules);
    return problem === undefined ? await readHere(way.path, rules) : refused(problem);
  } catch (error) {
    return { problem: { message: "cannot be opened", code: codeOf(error), hint: "It must be a file that this user can read." } };
  }
}

/** The file may have been another one when it was looked at. */
async function readHere(path: string, rules: Rules): Promise<PrivateFile> {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const file = await open(path, O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOFOLLOW ?? 0));
  try {
    const problem = problemOf(await file.stat(), rules);
    return problem === undefined ? await contentOf(file, rules.maxBytes) : refused(problem);
  } finally {
    await file.close();
  }
}

async function contentOf(file: FileHandle, maxBytes: number): Promise<PrivateFile> {
  const bytes = await readAtMost(file, maxBytes);
  if (bytes !== undefined) return { bytes };
  return { problem: { message: `holds more than ${maxBytes} bytes`, code: "EFBIG", hint: "It is no such file: name another." } };
}

function problemOf(stats: Stats, { judge }: Rules): Opening | undefined {
  if (!stats.isFile()) return { what: "is not a regular file", remedy: "Name a file." };
  const caller = callerOfProcess();
  return caller === undefined ? undefined : judge(stats, caller);
}

function refused({ what, remedy }: Opening): PrivateFile {
  return { problem: { message: what, hint: remedy } };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

import { randomBytes, randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, syncFolder } from "../publish/folder";
import { type SealFailure, sealFailure } from "./failure";

/** Length of the key: AES-256. */
const KEY_BYTES = 32;
const TEXT = /^[A-Za-z0-9+/]{43}=\r?\n?$/;

/**
 * The 32 bytes of a key file. The caller overwrites them after use.
 * @returns `undefined` when there is no such file
 * @throws KeyError `purpose` when it is readable by others, of the wrong length, or unreadable
 */
export async function readKeyFile(path: string, purpose: SealFailure): Promise<Buffer | undefined> {
  const file = await openToRead(path, purpose);
  if (file === undefined) return undefined;
  try {
    const problem = problemOf(await file.stat());
    if (problem !== undefined) throw refuse(purpose, path, problem);
    const text = await file.readFile("utf8");
    if (!TEXT.test(text))
      throw refuse(purpose, path, { message: "does not hold 32 bytes in base64", hint: "Restore it from its backup." });
    return Buffer.from(text, "base64");
  } finally {
    await file.close();
  }
}

/**
 * Creates the key file, complete at once: of any number of creators one wins, and nobody ever reads a part of it.
 * @throws KeyError `SealFailed`
 */
export async function createKeyFile(path: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    await makeFolder(dirname(path), 0o700);
    await writeDraft(draft);
    try {
      // Unlike a rename, a link never takes the place of what another creator put there first.
      await link(draft, path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    } finally {
      await unlink(draft);
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw refuse("SealFailed", path, {
      message: "cannot be created",
      code: codeOf(error),
      hint: "Choose a path that this user can write to.",
    });
  }
}

async function writeDraft(draft: string): Promise<void> {
  const key = randomBytes(KEY_BYTES);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${key.toString("base64")}\n`);
    await file.sync();
  } finally {
    key.fill(0);
    await file.close();
  }
}

async function openToRead(path: string, purpose: SealFailure): Promise<FileHandle | undefined> {
  try {
    // Not blocking: opening a pipe would otherwise wait for its writer.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw refuse(purpose, path, {
      message: "cannot be opened",
      code: codeOf(error),
      hint: "It must be a file that this user can read.",
    });
  }
}

interface KeyFileProblem {
  readonly message: string;
  readonly code?: string;
  readonly hint: string;
}

function problemOf(stats: Stats): KeyFileProblem | undefined {
  if (!stats.isFile()) return { message: "is not a regular file", hint: "Name a file." };
  if ((stats.mode & 0o077) === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8);
  return {
    message: `is open to other users (mode ${mode})`,
    hint: "chmod 600 it, and rotate the keys if others may have read it.",
  };
}

function refuse(purpose: SealFailure, path: string, problem: KeyFileProblem) {
  return sealFailure(purpose, { ...problem, message: `the key file ${path} ${problem.message}` });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

import { constants } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";
import { readAtMost } from "../files/read-at-most";
import { replaceFile } from "../files/replace-file";
import { MAX_DOCUMENT_BYTES, writeDocument } from "../seal/parse-document";
import { makeFolder, syncFolder } from "./folder";
import { type Found, foundIn, readable, type StoredDocument, tooLargeToRead } from "./found";
import { openPlace } from "./place";
import { revisionOf } from "./revision";
import type { DocumentStore } from "./store";
import { inTurn } from "./turns";

/** What is larger than a document can still be replaced and removed. What is larger than this cannot: it would have to be read for that. */
const MAX_FOUND_BYTES = 16 * 1024 * 1024;

/**
 * Publishes to a file that readers see either as it was or as it is, never in between.
 *
 * Writers of one process take turns. Between processes the comparison with the expected revision and the write are two steps. What
 * keeps two writers apart there is the stack's own lock and the document's `holder`.
 *
 * A path that is a link goes on being one: the file behind it is replaced. See {@link openPlace} for what is refused.
 */
export function openFileStore(url: string, path: string, environment: Environment): DocumentStore {
  return {
    url,
    maxBytes: MAX_DOCUMENT_BYTES,
    read: async () => readable(await look(path)),
    look: () => look(path),
    write: (document, replaces) =>
      inTurn(path, async () => {
        await requireRevision(path, replaces);
        const bytes = Buffer.from(writeDocument(document));
        await doing(path, "written", () => writeDurably(path, bytes, environment));
        const found = await readBytes(path);
        if (found?.equals(bytes)) return stored(bytes);
        throw conflict(path, "does not hold what was just written");
      }),
    remove: (expected) =>
      inTurn(path, async () => {
        const present = await readBytes(path);
        if (present === undefined) return;
        if (revisionOf(present) !== expected) throw conflict(path, "is not the document that was to be removed");
        await doing(path, "removed", () => removeDurably(path));
      }),
  };
}

async function requireRevision(path: string, replaces: string | undefined): Promise<void> {
  const present = await readBytes(path);
  const revision = present === undefined ? undefined : revisionOf(present);
  if (revision === replaces) return;
  if (replaces === undefined) throw conflict(path, "exists already");
  throw conflict(path, revision === undefined ? "is gone" : "was changed by somebody else");
}

/** `undefined` only when nothing is there. */
async function readBytes(path: string): Promise<Buffer | undefined> {
  return doing(path, "read", async () => {
    // Not blocking: opening a pipe would otherwise wait for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(missing);
    if (file === undefined) return undefined;
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw failure(path, "read", stats.isDirectory() ? "EISDIR" : "ENOTFILE");
      // As much as is there is set aside in memory, and no more.
      const bytes = stats.size > MAX_FOUND_BYTES ? undefined : await readAtMost(file, Math.max(stats.size, MAX_DOCUMENT_BYTES));
      if (bytes === undefined) throw failure(path, "read", "EFBIG");
      return bytes;
    } finally {
      await file.close();
    }
  });
}

async function writeDurably(path: string, bytes: Buffer, environment: Environment): Promise<void> {
  // Nothing is made below a folder that is refused.
  const found = await openPlace(path, environment);
  // What was just made, or made meanwhile by somebody else, has not been looked at.
  const place = (await makeFolder(dirname(path), 0o755)) ? await openPlace(path, environment) : found;
  await replaceFile(place, bytes, 0o644);
  await syncFolder(dirname(place));
}

async function removeDurably(path: string): Promise<void> {
  await unlink(path).catch(missing);
  await syncFolder(dirname(path));
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function look(path: string): Promise<Found | undefined> {
  const bytes = await readBytes(path);
  if (bytes === undefined) return undefined;
  return bytes.length > MAX_DOCUMENT_BYTES
    ? tooLargeToRead(revisionOf(bytes))
    : foundIn(bytes.toString("utf8"), revisionOf(bytes));
}

function stored(bytes: Buffer): StoredDocument {
  return readable(foundIn(bytes.toString("utf8"), revisionOf(bytes)));
}

type Act = "read" | "written" | "removed";

async function doing<T>(path: string, act: Act, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw failure(path, act, error instanceof Error && "code" in error ? String(error.code) : "unknown");
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "Give this user the right to read it and to write to its folder.",
  EPERM: "Give this user the right to read it and to write to its folder.",
  EROFS: "The file system is mounted read-only: publish elsewhere.",
  ENOSPC: "The disk is full: free some space and run again.",
  EDQUOT: "The disk quota is used up: free some space and run again.",
  EISDIR: "A folder is in the way: name a file.",
  ENOTDIR: "Something above it is not a folder: correct the path.",
  ENOTFILE: "Something that is no regular file is in the way.",
  EFBIG: "What is there is too large to be a document of ours: move it away.",
  ENAMETOOLONG: "Choose a shorter path.",
};

function failure(path: string, act: Act, code: string): KeyError {
  const hint = HINTS[code] ?? "Check the path and its file system.";
  return new KeyError({ kind: "PublicationFailed", message: `the document ${path} cannot be ${act}`, code, hint });
}

function conflict(path: string, how: string): KeyError {
  return new KeyError({
    kind: "Conflict",
    message: `the document ${path} ${how}`,
    hint: "Another run or another key publishes there: give each key a place of its own, and run again.",
  });
}

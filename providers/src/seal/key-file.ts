import { randomBytes, randomUUID } from "node:crypto";
import { link, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { type FileProblem, readPrivateFile } from "../files/private-file";
import { makeFolder, syncFolder } from "../publish/folder";
import { type SealFailure, sealFailure } from "./failure";

/** Length of the key: AES-256. */
const KEY_BYTES = 32;
const TEXT = /^[A-Za-z0-9+/]{43}=\r?\n?$/;
/** The longest text that is one. */
const TEXT_BYTES = 46;

/**
 * The 32 bytes of a key file. The caller overwrites them after use. No more than the size of a key is read.
 * @returns `undefined` when there is no such file
 * @throws KeyError `purpose` when others may read it or could put another in its place, and when it is of the wrong length or unreadable
 */
export async function readKeyFile(path: string, purpose: SealFailure): Promise<Buffer | undefined> {
  const found = await readPrivateFile(path, TEXT_BYTES);
  if (found === undefined) return undefined;
  if ("problem" in found && found.problem.code !== "EFBIG") throw refuse(purpose, path, found.problem);
  const text = "bytes" in found ? found.bytes.toString("latin1") : "";
  if ("bytes" in found) found.bytes.fill(0);
  if (TEXT.test(text)) return Buffer.from(text, "base64");
  throw refuse(purpose, path, { message: "does not hold 32 bytes in base64", hint: "Restore it from its backup." });
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

function refuse(purpose: SealFailure, path: string, problem: FileProblem) {
  return sealFailure(purpose, { ...problem, message: `the key file ${path} ${problem.message}` });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

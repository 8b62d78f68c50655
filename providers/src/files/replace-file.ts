import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Puts a file in the place of another, or of none: readers see the one or the other, never a part. What others put into the folder is
 * never written to. Its draft has a name that nobody can guess, is made anew, and follows no link. The file belongs to the caller.
 * @throws NodeJS.ErrnoException
 */
export async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const draft = join(dirname(path), `.exchange-keys-${randomBytes(16).toString("hex")}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), 0o600);
  try {
    try {
      await file.writeFile(bytes);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

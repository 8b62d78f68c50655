import { constants } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, durably: what was made survives a crash.
 *
 * Node's own recursive `mkdir` never returns where a folder can neither be made nor found, as in /proc.
 * @returns false when it was there
 */
export async function makeFolder(folder: string, mode: number): Promise<boolean> {
  if (await isFolder(folder)) return false;
  const above = dirname(folder);
  if (above !== folder) await makeFolder(above, mode);
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    // Somebody else may have been faster.
    if (await isFolder(folder)) return true;
    throw error;
  }
  await syncFolder(above);
  return true;
}

/** Makes what was created, renamed or removed in a folder survive a crash. Windows opens no folder, and does so by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { KeyError } from "../core/errors";

/** Names of a folder's journal files, oldest first by the clocks of those who began them. */
export async function journalFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
}

/** No run writes as much, and more would not fit into one text. */
const MAX_BYTES = 256 * 1024 * 1024;

export interface Lines {
  readonly lines: readonly string[];
  /** A process that was killed, or whose disk was full, left the last line torn, or no line at all. */
  readonly torn: boolean;
}

/** Lines of a file. `undefined` for what no journal wrote: a folder, a pipe, or more than a run could write. */
export async function linesOf(folder: string, name: string): Promise<Lines | undefined> {
  return await reading(folder, name, async (file, size) => {
    if (size > MAX_BYTES) return undefined;
    const lines = (await file.readFile("utf8")).split("\n");
    const rest = lines.pop();
    return { lines, torn: rest !== "" || lines.length === 0 };
  });
}

/** What can be opened, but is no file, or is gone: somebody archives. */
const NOT_THERE = ["ENOENT", "ELOOP", "ENXIO", "ENODEV"];

/**
 * Opens a file of the folder and reads it. `undefined` where there is none, or something that is no file.
 * @throws KeyError `JournalFailed`, naming a file that is there and cannot be read
 */
export async function reading<T>(
  folder: string,
  name: string,
  read: (file: FileHandle, size: number) => Promise<T>,
): Promise<T | undefined> {
  let file: FileHandle | undefined;
  try {
    // Not blocking: opening a pipe would otherwise wait for its writer.
    file = await open(join(folder, name), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    return stats.isFile() ? await read(file, stats.size) : undefined;
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    if (NOT_THERE.includes(code)) return undefined;
    throw new KeyError({
      kind: "JournalFailed",
      message: `${name}, which lies in the journal ${folder}, cannot be read (${code})`,
      hint: "Let this user read it. If it is no file of a journal, move it away.",
    });
  } finally {
    await file?.close();
  }
}

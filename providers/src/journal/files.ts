import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_LINE, readLine } from "./record";

/** Names of a folder's journal files, oldest first. */
export async function journalFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
}

/** Lines of a file. A process that was killed may have left the last one torn: that one is apart. */
export async function linesOf(path: string): Promise<{ readonly lines: readonly string[]; readonly torn: boolean }> {
  const lines = (await readFile(path, "utf8")).split("\n");
  const rest = lines.pop();
  return { lines, torn: rest !== "" };
}

/** The newest file and the hash of its last line that follows from the first; `undefined` in an empty folder. */
export async function newestLine(folder: string): Promise<{ readonly file: string; readonly hash: string } | undefined> {
  const file = (await journalFiles(folder)).at(-1);
  if (file === undefined) return undefined;
  const { lines } = await linesOf(join(folder, file));
  let hash = NO_LINE;
  for (const line of lines) {
    const read = readLine(line, hash);
    if (read === undefined) break;
    hash = read.hash;
  }
  return { file, hash };
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Followed, followedBy, hashIn, NO_LINE, readLine } from "./record";

/** Names of a folder's journal files, oldest first by the clocks of those who began them. */
export async function journalFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
}

/**
 * Lines of a file. A process that was killed, or whose disk was full, may have left the last one torn, or no line at all: that is told apart.
 */
export async function linesOf(path: string): Promise<{ readonly lines: readonly string[]; readonly torn: boolean }> {
  const lines = (await readFile(path, "utf8")).split("\n");
  const rest = lines.pop();
  return { lines, torn: rest !== "" || lines.length === 0 };
}

/**
 * The last line of every file that no other file names. One that was named while its process went on is named again, by its later end; one
 * without a whole line holds nothing that could be lost.
 */
export async function looseEnds(folder: string): Promise<readonly Followed[]> {
  const ends: Followed[] = [];
  const named = new Set<string>();
  for (const file of await journalFiles(folder)) {
    const lines = await linesHere(join(folder, file));
    const hash = lines.map(hashIn).findLast((one) => one !== undefined);
    if (hash !== undefined) ends.push({ file, hash });
    const start = readLine(lines[0] ?? "", NO_LINE)?.record;
    if (start?.kind === "start") for (const followed of followedBy(start)) named.add(followed.hash);
  }
  return ends.filter(({ hash }) => !named.has(hash));
}

/** None when the file was taken away since the folder was read: somebody archives. */
async function linesHere(path: string): Promise<readonly string[]> {
  try {
    return (await linesOf(path)).lines;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

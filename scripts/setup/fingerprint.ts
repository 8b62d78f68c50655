import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** The content behind a build, and the content of the build itself. */
export interface Stamp {
  readonly sources: string;
  readonly built: string;
}

/** A build is fresh only when its sources are the present ones and nobody touched its result. */
export function isFresh(stamp: Stamp | undefined, now: Stamp): boolean {
  return stamp !== undefined && stamp.sources === now.sources && stamp.built === now.built;
}

/** Hash of names and contents, independent of order. */
export function fingerprint(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash("sha256");
  for (const name of [...files.keys()].sort()) {
    const content = files.get(name) ?? Buffer.alloc(0);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Every file below the given files and folders, by path relative to the base. What does not exist is left out. */
export async function readTree(base: string, entries: readonly string[]): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const path of (await Promise.all(entries.map((entry) => filesBelow(join(base, entry))))).flat()) {
    files.set(relative(base, path).split(sep).join("/"), await readFile(path));
  }
  return files;
}

async function filesBelow(path: string): Promise<string[]> {
  try {
    const found = await readdir(path, { withFileTypes: true, recursive: true });
    return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOTDIR") return [path];
    if (code === "ENOENT") return [];
    throw error;
  }
}

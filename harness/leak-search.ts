import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ByteSearch } from "./byte-search";
import { namedSpellings } from "./spellings";

export { spellingsOf } from "./spellings";

/** A text that must be nowhere, and what may be said about it. */
export interface Hidden {
  /** Such as "secret of bybit". */
  readonly kind: string;
  readonly value: string;
}

/** A place where one was found. Never the text itself. */
export interface Leak {
  readonly file: string;
  readonly spelling: string;
  readonly kind: string;
}

/** Stands for a path that holds what was found. */
export const NAMED_SO = "<a path that holds it>";

/** A shorter text would be found by chance. */
const SHORTEST = 8;

/** More is read at once than a stream would by itself. */
const CHUNK_BYTES = 2 ** 20;

type Search = ByteSearch<Omit<Leak, "file">>;

/**
 * Every file under `places` that holds one of `hidden` in its content or path, in any of the spellings in which programs pass texts on. Of a
 * link its target counts, and is not followed. However large files are, they are read once and in pieces.
 * @param places files and folders; every one must exist
 * @param except files and folders among them that are left out
 */
export async function findLeaks(
  places: readonly string[],
  hidden: readonly Hidden[],
  except: readonly string[] = [],
): Promise<readonly Leak[]> {
  const short = hidden.find(({ value }) => value.length < SHORTEST);
  if (short !== undefined) throw new Error(`the ${short.kind} is too short to be searched for`);
  const search: Search = new ByteSearch(
    hidden.flatMap(({ kind, value }) =>
      [...namedSpellings(value)].map(([text, spelling]) => [text, { spelling, kind }] as const),
    ),
  );
  const leaks: Leak[] = [];
  for (const place of places) {
    for (const path of await pathsUnder(place)) {
      if (!except.some((one) => path === one || path.startsWith(one + sep))) leaks.push(...(await leaksAt(place, path, search)));
    }
  }
  return leaks;
}

async function leaksAt(place: string, path: string, search: Search): Promise<readonly Leak[]> {
  const named = await search.within([Buffer.from(relative(place, path))]);
  const file = named.size > 0 ? join(place, NAMED_SO) : path;
  return [...named, ...(await search.within(await contentOf(path)))].map((found) => ({ file, ...found }));
}

async function contentOf(path: string): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return [Buffer.from(await readlink(path))];
  return stats.isFile() ? createReadStream(path, { highWaterMark: CHUNK_BYTES }) : [];
}

/** A place, and all that is in it, however deep. */
async function pathsUnder(place: string): Promise<readonly string[]> {
  if (!(await lstat(place)).isDirectory()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return [place, ...entries.map((entry) => join(entry.parentPath, entry.name))];
}

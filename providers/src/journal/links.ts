import { type Followed, followedBy, NO_LINE, type Start } from "./record";

/** A file of a journal, as far as its lines follow from each other. */
export interface LinkedFile {
  readonly name: string;
  /** Absent where no first line is whole, or a newer version wrote it. */
  readonly start: (Start & { readonly time: string }) | undefined;
  /** Of its lines, in order. */
  readonly hashes: readonly string[];
}

/** What the files of a folder say of each other. */
export interface Links {
  /** Files that others follow and that are older than the oldest one kept: taken away as a folder is archived. */
  readonly archived: readonly string[];
  readonly problems: readonly string[];
}

/** Processes that begin within this time may not have seen each other's files. */
const TOGETHER_MS = 5000;

/** Follows every file to those that it names. Pure. @param files oldest first */
export function followLinks(files: readonly LinkedFile[]): Links {
  const known = new Map(files.map((file) => [file.name, file]));
  const named = files.flatMap((file) => namesOf(file).map((followed) => ({ file: file.name, followed })));
  const absent = named.filter(({ followed }) => !known.has(followed.file));
  const oldest = files.find(({ hashes }) => hashes.length > 0)?.name ?? "";
  const isOlder = ({ followed }: (typeof named)[number]): boolean => followed.file < oldest;
  const missing = absent
    .filter((one) => !isOlder(one))
    .map(({ file, followed }) => `${followed.file}: is missing; ${file} follows it`);
  const lacking = named
    .filter(({ followed }) => known.has(followed.file) && !hasLine(known.get(followed.file), followed))
    .map(({ file, followed }) => `${followed.file}: lacks the line that ${file} follows`);
  const archived = new Set(absent.filter(isOlder).map(({ followed }) => followed.file));
  return {
    archived: [...archived].sort(),
    problems: [...missing, ...lacking, ...files.flatMap((file) => beginning(file, files))],
  };
}

function namesOf({ start }: LinkedFile): readonly Followed[] {
  return start === undefined ? [] : followedBy(start);
}

/** Format 1 named files without a whole line too. */
function hasLine(file: LinkedFile | undefined, { hash }: Followed): boolean {
  return hash === NO_LINE || file?.hashes.includes(hash) === true;
}

/**
 * A file that names none must have been the first. A clock that was set back may have given others an earlier name, so those that follow from
 * it do not count.
 */
function beginning(file: LinkedFile, files: readonly LinkedFile[]): readonly string[] {
  const { start } = file;
  if (start === undefined || followedBy(start).length > 0) return [];
  const after = followersOf(file, files);
  const before = files.find(
    (other) => !after.has(other.name) && other.start !== undefined && msBetween(other.start, start) > TOGETHER_MS,
  );
  return before === undefined ? [] : [`${file.name}: names no file before it, and ${before.name} was there`];
}

/** Names of all files that follow from one, and its own. */
function followersOf(file: LinkedFile, files: readonly LinkedFile[]): ReadonlySet<string> {
  const found = new Set([file.name]);
  // A set is walked to its end while it grows.
  for (const name of found) {
    for (const other of files) if (namesOf(other).some((followed) => followed.file === name)) found.add(other.name);
  }
  return found;
}

function msBetween(earlier: { readonly time: string }, later: { readonly time: string }): number {
  return Date.parse(later.time) - Date.parse(earlier.time);
}

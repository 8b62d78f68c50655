import { journalFiles, linesOf } from "./files";
import { followLinks, type LinkedFile } from "./links";
import { type Intent, type JournalRecord, NO_LINE, readLine } from "./record";

/** An act whose outcome nobody wrote: the process was ended in between. */
export type Unfinished = Intent & { readonly file: string; readonly seq: number; readonly time: string };

/** What was found in a folder of journal files. */
export interface Verification {
  readonly files: number;
  readonly records: number;
  readonly acts: number;
  readonly failedActs: number;
  readonly unfinished: readonly Unfinished[];
  /** Files whose last line was cut off by the end of its process. */
  readonly torn: readonly string[];
  /** Files that others follow and that are older than the oldest one here. */
  readonly archived: readonly string[];
  /** Lines that a newer version wrote: they follow by their hashes, and what they say is not known here. */
  readonly newer: readonly string[];
  /** What somebody changed or removed. Empty when the journal is whole. */
  readonly problems: readonly string[];
}

interface ReadFile extends LinkedFile {
  readonly records: readonly JournalRecord[];
  readonly torn: boolean;
  readonly newer: readonly string[];
  readonly problems: readonly string[];
}

/** Reads every file of the folder and follows every hash. @throws NodeJS.ErrnoException when the folder cannot be read */
export async function verifyJournal(folder: string): Promise<Verification> {
  const files: ReadFile[] = [];
  for (const name of await journalFiles(folder)) files.push(await readJournalFile(folder, name));
  const { archived, problems } = followLinks(files);
  const acts = files.flatMap(actsOf);
  return {
    files: files.length,
    records: files.reduce((sum, { hashes }) => sum + hashes.length, 0),
    acts: acts.length,
    failedActs: acts.filter(({ done }) => done === false).length,
    unfinished: acts.filter(({ done }) => done === undefined).map(({ intent }) => intent),
    torn: files.filter(({ torn }) => torn).map(({ name }) => name),
    archived,
    newer: files.flatMap(({ newer }) => newer),
    problems: [...files.flatMap((file) => file.problems), ...problems],
  };
}

async function readJournalFile(folder: string, name: string): Promise<ReadFile> {
  const found = await linesOf(folder, name);
  const { lines, torn } = found ?? { lines: [], torn: false };
  const [records, hashes, newer, problems]: [JournalRecord[], string[], string[], string[]] = [[], [], [], []];
  if (found === undefined) problems.push(`${name}: is no file that a run wrote: move it away`);
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, hashes.at(-1) ?? NO_LINE);
    if (read?.outline.seq !== index || (read.outline.kind === "start") !== (index === 0)) {
      problems.push(`${name}, line ${index + 1}: is not what was written there`);
      break;
    }
    hashes.push(read.hash);
    if (read.record === undefined) newer.push(`${name}, line ${index + 1}: was written by a newer version`);
    else records.push(read.record);
  }
  const [first] = records;
  return { name, records, hashes, torn, newer, problems, start: first?.kind === "start" ? first : undefined };
}

function actsOf({ name, records }: ReadFile): readonly { readonly intent: Unfinished; readonly done: boolean | undefined }[] {
  const outcomes = new Map(records.flatMap((record) => (record.kind === "outcome" ? [[record.of, record.done] as const] : [])));
  return records.flatMap((record) =>
    record.kind === "intent" ? [{ intent: { ...record, file: name }, done: outcomes.get(record.seq) }] : [],
  );
}

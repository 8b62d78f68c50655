import { join } from "node:path";
import { journalFiles, linesOf } from "./files";
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
  /** What somebody changed or removed; empty when the journal is whole. */
  readonly problems: readonly string[];
}

/** Processes that begin within this time may not have seen each other's files. */
const TOGETHER_MS = 5000;

interface ReadFile {
  readonly name: string;
  readonly records: readonly JournalRecord[];
  readonly hashes: readonly string[];
  readonly torn: boolean;
  readonly problems: readonly string[];
}

/** Reads every file of the folder and follows every hash. @throws NodeJS.ErrnoException when the folder cannot be read */
export async function verifyJournal(folder: string): Promise<Verification> {
  const files: ReadFile[] = [];
  for (const name of await journalFiles(folder)) files.push(await readJournalFile(folder, name));
  const known = new Map(files.map((file) => [file.name, file]));
  const links = files.slice(1).flatMap((file) => linkProblems(file, known));
  const acts = files.flatMap(actsOf);
  return {
    files: files.length,
    records: files.reduce((sum, { records }) => sum + records.length, 0),
    acts: acts.length,
    failedActs: acts.filter(({ done }) => done === false).length,
    unfinished: acts.filter(({ done }) => done === undefined).map(({ intent }) => intent),
    torn: files.filter(({ torn }) => torn).map(({ name }) => name),
    problems: [...files.flatMap(({ problems }) => problems), ...links],
  };
}

async function readJournalFile(folder: string, name: string): Promise<ReadFile> {
  const { lines, torn } = await linesOf(join(folder, name));
  const [records, hashes]: [JournalRecord[], string[]] = [[], []];
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, hashes.at(-1) ?? NO_LINE);
    const fits = read !== undefined && read.record.seq === index && (read.record.kind === "start") === (index === 0);
    if (!fits) return { name, records, hashes, torn, problems: [`${name}, line ${index + 1}: is not what was written there`] };
    records.push(read.record);
    hashes.push(read.hash);
  }
  // A process that ended before its first line was whole has done nothing.
  const problems = records.length === 0 && !torn ? [`${name}: is empty`] : [];
  return { name, records, hashes, torn, problems };
}

/** Older files may have been archived, so what the oldest one follows is not asked for. */
function linkProblems(file: ReadFile, known: ReadonlyMap<string, ReadFile>): readonly string[] {
  const [start] = file.records;
  if (start?.kind !== "start") return [];
  const { previous } = start;
  if (previous === undefined) return begunTogether(start.time, known) ? [] : [`${file.name}: names no file before it`];
  const before = known.get(previous.file);
  if (before === undefined) return [`${previous.file}: is missing; ${file.name} follows it`];
  const found = previous.hash === NO_LINE || before.hashes.includes(previous.hash);
  return found ? [] : [`${previous.file}: lacks the line that ${file.name} follows`];
}

/** True when every file of the folder that is older began at the same time, so that none could know another. */
function begunTogether(time: string, known: ReadonlyMap<string, ReadFile>): boolean {
  const others = [...known.values()].flatMap(({ records: [first] }) => (first === undefined ? [] : [Date.parse(first.time)]));
  return others.every((other) => Date.parse(time) - other <= TOGETHER_MS);
}

function actsOf({ name, records }: ReadFile): readonly { readonly intent: Unfinished; readonly done: boolean | undefined }[] {
  const outcomes = new Map(records.flatMap((record) => (record.kind === "outcome" ? [[record.of, record.done] as const] : [])));
  return records.flatMap((record) =>
    record.kind === "intent" ? [{ intent: { ...record, file: name }, done: outcomes.get(record.seq) }] : [],
  );
}

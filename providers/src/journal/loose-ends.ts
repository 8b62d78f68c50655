import type { FileHandle } from "node:fs/promises";
import { journalFiles, reading } from "./files";
import { type Followed, followedBy, NO_LINE, readLine, type Start } from "./record";

/** Enough for most first lines, and for most last ones with a torn line after them. */
const HEAD_BYTES = 1024;
const TAIL_BYTES = 512;
/** A first line grows with the files that it names, and a line may be torn late. Nothing longer is looked for. */
const MAX_LINE_BYTES = 512 * 1024;
/** How much more is read where that was not enough. */
const GROWTH = 8;
/** Of all files together: some thousand. Every run names what was loose before it, so that older ones were named long ago. */
const MAX_BYTES = 4 * 1000 * 1000;

const NEW_LINE = 0x0a;
/** How every file of a journal begins. */
const BEGINNING = '{"seq":0,';
const HASH_AT_END = /"hash":"([0-9a-f]{64})"\}$/;

/**
 * The last line of every file that no other file names. One that was named while its process went on is named again, by its later end. One
 * without a whole line holds nothing that could be lost. Of each file only the first and the last line are read, the newest file first, and
 * of some thousand files at most. Whatever else lies in the folder is passed over.
 * @throws KeyError `JournalFailed`, naming a file that cannot be read
 */
export async function looseEnds(folder: string): Promise<readonly Followed[]> {
  const ends: Followed[] = [];
  const named = new Set<string>();
  const budget = { left: MAX_BYTES };
  for (const name of [...(await journalFiles(folder))].reverse()) {
    if (budget.left <= 0) break;
    const found = await reading(folder, name, (file, size) => endsOf(new Excerpt(file, size, budget)));
    if (found?.hash !== undefined) ends.push({ file: name, hash: found.hash });
    for (const { hash } of found?.start === undefined ? [] : followedBy(found.start)) named.add(hash);
  }
  return ends.filter(({ hash }) => !named.has(hash)).reverse();
}

interface Ends {
  readonly start: Start | undefined;
  readonly hash: string | undefined;
}

async function endsOf(excerpt: Excerpt): Promise<Ends> {
  const head = await excerpt.firstLine();
  const start = readLine(head ?? "", NO_LINE)?.record;
  return { start: start?.kind === "start" ? start : undefined, hash: await excerpt.lastHash() };
}

/** What is read of a file: no more than its lines need, nor than is left of all. */
class Excerpt {
  #head: Buffer = Buffer.alloc(0);

  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
    private readonly budget: { left: number },
  ) {}

  /** `undefined` when no first line of a journal is whole. */
  async firstLine(): Promise<string | undefined> {
    for (let bytes = HEAD_BYTES; ; bytes *= GROWTH) {
      this.#head = Buffer.concat([this.#head, await this.#read(this.#head.length, bytes - this.#head.length)]);
      const end = this.#head.indexOf(NEW_LINE);
      if (end >= 0) return this.#head.subarray(0, end).toString("utf8");
      if (!this.#isOurs() || this.#head.length < bytes || bytes * GROWTH > MAX_LINE_BYTES) return undefined;
    }
  }

  /** Of the last whole line that has one. */
  async lastHash(): Promise<string | undefined> {
    if (this.#head.length === this.size) return hashAtEnd(this.#head);
    for (let bytes = TAIL_BYTES; ; bytes *= GROWTH) {
      const found = hashAtEnd(await this.#read(Math.max(0, this.size - bytes), bytes));
      if (found !== undefined || !this.#isOurs() || bytes >= this.size || bytes * GROWTH > MAX_LINE_BYTES) return found;
    }
  }

  #isOurs(): boolean {
    return this.#head.subarray(0, BEGINNING.length).toString("latin1") === BEGINNING;
  }

  async #read(position: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(bytes, this.size - position)));
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, position);
    this.budget.left -= bytesRead;
    return buffer.subarray(0, bytesRead);
  }
}

function hashAtEnd(tail: Buffer): string | undefined {
  const whole = tail.subarray(0, tail.lastIndexOf(NEW_LINE) + 1).toString("utf8");
  return whole
    .split("\n")
    .map((line) => HASH_AT_END.exec(line)?.[1])
    .findLast((hash) => hash !== undefined);
}

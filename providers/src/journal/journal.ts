import { type FileHandle, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "../core/clock";
import { KeyError } from "../core/errors";
import { makeFolder, syncFolder } from "../publish/folder";
import { looseEnds } from "./loose-ends";
import { JOURNAL_FORMAT, type JournalEntry, type JournalRecord, makeLine, NO_LINE, type Start } from "./record";

/** What every run writes first, but for what only the folder knows. */
export interface Opening extends Omit<Start, "kind" | "format" | "follows" | "previous" | "stack"> {
  /** The stack's name as far as it is known by now: it is asked for at each record, and written once it is told. */
  readonly stack?: () => string | undefined;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly written: (seq: number) => void;
  readonly failed: (error: KeyError) => void;
}

/**
 * An append-only file of JSON lines, one per process, each line hashed over the one before it, and the first naming the files before it.
 * Processes never share a file, so none waits for another, and one that is killed leaves at most a torn last line.
 */
export class Journal {
  readonly folder: string;
  readonly #opening: Opening;
  readonly #clock: Clock;
  #file: FileHandle | undefined;
  #last = { seq: -1, hash: NO_LINE };
  /** How many files this process has begun, or tried to. */
  #begun = 0;
  /** What the file calls the stack. */
  #stack: string | undefined;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(folder: string, opening: Opening, clock: Clock) {
    this.folder = resolve(folder);
    this.#opening = opening;
    this.#clock = clock;
  }

  /** Synced to disk when it returns. @returns the record's number. @throws KeyError `JournalFailed` */
  append(entry: JournalEntry): Promise<number> {
    return new Promise((written, failed) => {
      this.#waiting.push({ entry, written, failed });
      if (!this.#writing) void this.#write();
    });
  }

  /** Lets the file go. A later record begins a new one. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Everything that waits is written and synced together. */
  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const numbers = await this.#store(batch.map(({ entry }) => entry));
        for (const [index, { written }] of batch.entries()) written(numbers[index] ?? -1);
      } catch (error) {
        for (const { failed } of batch) failed(this.#failure(error));
        // What is in the file now is not certain: whatever comes next begins a new one.
        await this.close().catch((reason: unknown) => {
          for (const { failed } of this.#waiting.splice(0)) failed(this.#failure(reason));
        });
      }
    }
    this.#writing = false;
  }

  async #store(entries: readonly JournalEntry[]): Promise<readonly number[]> {
    const file = this.#file ?? (await this.#begin());
    const { lines, numbers } = this.#place([...this.#naming(), ...entries]);
    await file.appendFile(lines);
    await file.datasync();
    return numbers.slice(-entries.length);
  }

  /** Names the stack, when the file has not yet: some operations come before anybody tells it. */
  #naming(): readonly JournalEntry[] {
    const stack = this.#opening.stack?.();
    if (stack === undefined || stack === this.#stack) return [];
    this.#stack = stack;
    return [{ kind: "stack", stack }];
  }

  #place(entries: readonly JournalEntry[]): { readonly lines: string; readonly numbers: readonly number[] } {
    const time = this.#clock.now().toISOString();
    const numbers: number[] = [];
    let lines = "";
    for (const entry of entries) {
      const seq = this.#last.seq + 1;
      const { line, hash } = makeLine({ seq, time, ...entry } as JournalRecord, this.#last.hash);
      this.#last = { seq, hash };
      lines += `${line}\n`;
      numbers.push(seq);
    }
    return { lines, numbers };
  }

  async #begin(): Promise<FileHandle> {
    await makeFolder(this.folder, 0o700);
    const follows = await looseEnds(this.folder);
    const { stack, ...opening } = this.#opening;
    const stamp = this.#clock.now().toISOString().replaceAll(/[:.]/g, "-");
    const name = `${stamp}-${opening.run}-${this.#begun}.jsonl`;
    this.#begun += 1;
    const file = await open(join(this.folder, name), "ax", 0o600);
    this.#file = file;
    this.#last = { seq: -1, hash: NO_LINE };
    this.#stack = stack?.();
    const known = { ...(this.#stack === undefined ? {} : { stack: this.#stack }), ...(follows.length === 0 ? {} : { follows }) };
    const { lines } = this.#place([{ kind: "start", format: JOURNAL_FORMAT, ...opening, ...known }]);
    await file.appendFile(lines);
    await syncFolder(this.folder);
    return file;
  }

  #failure(error: unknown): KeyError {
    if (error instanceof KeyError) return error;
    return new KeyError({
      kind: "JournalFailed",
      message: `the journal in ${this.folder} cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`,
      hint: "Make the folder writable, or name another one in exchange-keys:journal.folder (adopt: --journal). Nothing but revoking is done without a journal.",
    });
  }
}

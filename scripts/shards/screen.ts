import type { WriteStream } from "node:tty";
import { countsLine, type FileResult } from "./tally";

/** Progress of files that run side by side: each file's output as a block when it is done, on a terminal above one line that is written anew. */
export class Screen {
  readonly #running = new Map<string, number>();
  readonly #start = Date.now();
  #done = 0;
  readonly #clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly files: number,
    private readonly out: Pick<WriteStream, "write" | "isTTY" | "columns">,
  ) {
    if (out.isTTY) this.#clock = setInterval(() => this.#showProgress(), 1000).unref();
  }

  started(file: string): void {
    this.#running.set(file, Date.now());
    this.#showProgress();
  }

  ended(result: FileResult): void {
    this.#running.delete(result.file);
    this.#done += 1;
    this.#clear();
    this.out.write(block(result, `${this.#done}/${this.files}`));
    this.#showProgress();
  }

  /** Nothing more runs. */
  close(): void {
    clearInterval(this.#clock);
    this.#clear();
  }

  #clear(): void {
    if (this.out.isTTY) this.out.write("\r\x1b[2K");
  }

  #showProgress(): void {
    if (!this.out.isTTY) return;
    const now = Date.now();
    const running = [...this.#running].map(([file, since]) => `${file} ${seconds(now - since)}`);
    const line = `${this.#done}/${this.files} files in ${seconds(now - this.#start)}, now ${running.join(", ")}`;
    this.#clear();
    this.out.write(line.slice(0, Math.max(20, (this.out.columns ?? 80) - 1)));
  }
}

/** A file's own lines below one that sums them up, and what failed. Pure. */
function block(result: FileResult, place: string): string {
  const { file, ms, output, failures } = result;
  const head = `── ${place} ${file}: ${countsLine(result)} in ${seconds(ms)}`;
  return `${[head, output.replace(/^\n+|\s+$/g, ""), ...(failures.length === 0 ? [] : ["", ...failureLines(result)])].join("\n")}\n\n`;
}

/** Every failure of a file, with its file. Pure. */
export function failureLines({ file, failures }: Pick<FileResult, "file" | "failures">): readonly string[] {
  return failures.map(({ title, text }) => `  FAILED ${file}\n  ${title}\n${text === "" ? "" : `${text}\n`}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

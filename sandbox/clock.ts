import { replaceFile } from "./replace-file";

/** The sandbox's time: real time plus an offset. The offset is also in a file, so that other processes can follow. */
export class SandboxClock {
  #offsetMs = 0;

  constructor(private readonly file: string) {
    this.set(0);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** The file is there before the new time is: whoever saw an answer with the new time finds it in the file. */
  set(offsetMs: number): void {
    replaceFile(this.file, `${JSON.stringify({ offsetMs })}\n`);
    this.#offsetMs = offsetMs;
  }
}

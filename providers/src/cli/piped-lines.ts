import { createInterface, type Interface } from "node:readline";
import { ENDED, type KeyInput, type Lines } from "./lines";

/** Lines of a pipe or of a file, read as they are asked for. */
export class PipedLines implements Lines {
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(input: KeyInput) {
    this.#reader = createInterface({ input, terminal: false, historySize: 0 });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  close(): void {
    this.#reader.close();
  }

  async next(): Promise<string | typeof ENDED> {
    const { value, done } = await this.#lines.next();
    return done === true ? ENDED : value;
  }

  async rest(): Promise<boolean> {
    for (;;) {
      const line = await this.next();
      if (line === ENDED) return false;
      if (line.trim() !== "") return true;
    }
  }
}

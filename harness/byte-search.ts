/** Bytes that are told apart before anything is compared. Every text that is searched for has as many. */
const START = 4;

/** A number from 0 to 2^20 - 1 for the four bytes of `start`, spread by Knuth's multiplier. */
function slot(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> 12;
}

/**
 * Many texts searched for at once, in any number of chunks. Time grows with the bytes that are read and hardly with the number of texts;
 * memory is one chunk and the longest text.
 */
export class ByteSearch<T> {
  readonly #known = new Uint8Array(2 ** 20);
  readonly #byStart = new Map<number, { readonly bytes: Buffer; readonly what: T }[]>();
  readonly #longest: number;

  /** @throws RangeError for a text of less than four bytes */
  constructor(texts: Iterable<readonly [text: string, what: T]>) {
    let longest = 0;
    for (const [text, what] of texts) {
      const bytes = Buffer.from(text);
      const start = bytes.readUInt32BE(0);
      this.#known[slot(start)] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), { bytes, what }]);
      longest = Math.max(longest, bytes.length);
    }
    this.#longest = longest;
  }

  /** @returns what was found, each once */
  async within(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<ReadonlySet<T>> {
    const found = new Set<T>();
    let rest = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const content = Buffer.concat([rest, chunk]);
      this.#scan(content, found);
      // A text may go on in the next chunk.
      rest = content.subarray(Math.max(0, content.length - this.#longest + 1));
    }
    return found;
  }

  #scan(content: Buffer, found: Set<T>): void {
    let start = 0;
    for (let at = 0; at < content.length; at++) {
      start = (start << 8) | (content[at] ?? 0);
      if (this.#known[slot(start)] === 1) this.#compare(content, at - START + 1, found);
    }
  }

  #compare(content: Buffer, from: number, found: Set<T>): void {
    if (from < 0) return;
    for (const { bytes, what } of this.#byStart.get(content.readUInt32BE(from)) ?? []) {
      if (isAt(content, from, bytes)) found.add(what);
    }
  }
}

/** Byte by byte: most differ soon after their start. */
function isAt(content: Buffer, from: number, bytes: Buffer): boolean {
  for (let at = START; at < bytes.length; at++) if (content[from + at] !== bytes[at]) return false;
  return true;
}

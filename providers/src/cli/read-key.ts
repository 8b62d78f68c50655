import { createPrivateKey } from "node:crypto";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { KeyError } from "../core/errors";
import { Secret } from "../core/secret";
import type { Terminal } from "./terminal";

/** Where a person types, or a program pipes, a key in. */
export type KeyInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** One thing to read. */
export interface Question {
  readonly field: string;
  /** What is asked for, for people. */
  readonly title: string;
  /** Shown while it is typed. Never for a secret. */
  readonly shown: boolean;
}

const LONGEST = 4000;

/**
 * Reads one answer per question, each on a line of its own; a private key in PEM takes the lines up to its end. On a terminal nothing
 * secret is echoed, and nothing is kept in any history.
 * @throws KeyError `InvalidInput`, which never quotes what was read
 */
export async function readKeyFields(
  questions: readonly Question[],
  input: KeyInput,
  terminal: Terminal,
): Promise<ReadonlyMap<string, Secret>> {
  const lines = new Lines(input, terminal);
  const answers = new Map<string, Secret>();
  try {
    for (const question of questions) answers.set(question.field, new Secret(await lines.answer(question)));
    if (input.isTTY !== true && (await lines.rest())) throw unusable("more was given than was asked for");
    return answers;
  } finally {
    lines.close();
  }
}

/** Lines as they come, echoed only where asked for. */
class Lines {
  readonly #lines: AsyncIterator<string>;
  readonly #close: () => void;
  #shown = false;

  constructor(
    private readonly input: KeyInput,
    private readonly terminal: Terminal,
  ) {
    const echo = new Writable({
      write: (chunk, _, done) => {
        if (this.#shown) terminal.err(String(chunk));
        done();
      },
    });
    const reader = createInterface({ input, output: echo, terminal: input.isTTY === true, historySize: 0 });
    // What was pasted together with the answer is read before the next question: it must not be shown with this one.
    reader.on("line", () => {
      this.#shown = false;
    });
    // Typing ends as at the end of a file.
    reader.on("SIGINT", () => reader.close());
    this.#lines = reader[Symbol.asyncIterator]();
    this.#close = () => reader.close();
  }

  close(): void {
    this.#close();
  }

  async answer({ title, shown }: Question): Promise<string> {
    const asking = this.input.isTTY === true;
    if (asking) this.terminal.err(`${title}${shown ? "" : " (not shown)"}: `);
    this.#shown = shown;
    const first = await this.#next(title);
    const value = first.startsWith("-----BEGIN") ? await this.#pem(first, title) : first;
    if (asking && !shown) this.terminal.err("\n");
    return usable(value, title);
  }

  /** True when anything but empty lines follows. */
  async rest(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return false;
      if (value.trim() !== "") return true;
    }
  }

  async #next(title: string): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw unusable(`the input ended before the ${title} was read`);
    return value;
  }

  /** Files of exchanges and of environments often write the line breaks of a PEM as `\n`. */
  async #pem(first: string, title: string): Promise<string> {
    const lines = first.replaceAll("\\n", "\n").trimEnd().split("\n");
    while (!(lines.at(-1) ?? "").startsWith("-----END")) {
      lines.push(await this.#next(title));
      if (lines.length > LONGEST / 10) throw unusable(`the ${title} has no end`);
    }
    return `${lines.join("\n")}\n`;
  }
}

function usable(value: string, title: string): string {
  if (value.length > LONGEST) throw unusable(`the ${title} is too long to be one`);
  if (value.startsWith("-----BEGIN")) return requirePem(value, title);
  if (value === "") throw unusable(`the ${title} is empty`);
  if (/\s/.test(value)) throw unusable(`the ${title} holds white space`);
  return value;
}

/** The parser's own error is not passed on. */
function requirePem(value: string, title: string): string {
  try {
    createPrivateKey(value);
    return value;
  } catch {
    throw unusable(`the ${title} is not a private key in PEM`);
  }
}

function unusable(message: string): KeyError {
  return new KeyError({ kind: "InvalidInput", operation: "adopt", message, hint: "Nothing was published." });
}

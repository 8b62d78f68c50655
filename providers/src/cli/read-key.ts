import { createPrivateKey } from "node:crypto";
import { KeyError } from "../core/errors";
import { Secret } from "../core/secret";
import { ENDED, type KeyInput, type Lines, RESUMED } from "./lines";
import { PipedLines } from "./piped-lines";
import type { Terminal } from "./terminal";
import { TypedLines } from "./typed-lines";

/** One thing to read. */
export interface Question {
  readonly field: string;
  /** What is asked for, for people. */
  readonly title: string;
  /** Shown while it is typed. Never for a secret. */
  readonly shown: boolean;
}

const LONGEST = 4000;

/** Reads a key, and keeps what is typed from the screen until it is closed. */
export class KeyReader {
  readonly #typed: TypedLines | undefined;

  /** A terminal is watched from here on. Of anything else nothing is read before it is asked for. */
  constructor(
    private readonly input: KeyInput,
    private readonly terminal: Terminal,
  ) {
    if (input.isTTY === true) this.#typed = new TypedLines(input, terminal);
  }

  close(): void {
    this.#typed?.close();
  }

  /**
   * Reads one answer per question, each on a line of its own. A private key in PEM takes the lines up to its end. A terminal shows no
   * secret and keeps none in its history. After Ctrl-Z and `fg` the question is asked again.
   * @throws KeyError `InvalidInput`, which never quotes what was read
   */
  async read(questions: readonly Question[]): Promise<ReadonlyMap<string, Secret>> {
    if (this.#typed === undefined) return await this.#piped(questions);
    const lines = this.#typed;
    lines.asking(true);
    const answers = await answersTo(questions, lines, (question) => this.#ask(question, lines));
    lines.asking(false);
    return answers;
  }

  async #piped(questions: readonly Question[]): Promise<ReadonlyMap<string, Secret>> {
    const lines = new PipedLines(this.input);
    try {
      return await answersTo(questions, lines, (question) => answerIn(question, lines));
    } finally {
      lines.close();
    }
  }

  async #ask(question: Question, lines: TypedLines): Promise<string | typeof RESUMED> {
    const shown = await lines.show(question.shown);
    this.terminal.err(`${question.title}${shown ? "" : " (not shown)"}: `);
    const value = await answerIn(question, lines);
    if (!shown || value === RESUMED) this.terminal.err("\n");
    return value;
  }
}

type Ask = (question: Question) => Promise<string | typeof RESUMED>;

async function answersTo(questions: readonly Question[], lines: Lines, ask: Ask): Promise<ReadonlyMap<string, Secret>> {
  const answers = new Map<string, Secret>();
  for (const question of questions) {
    let value = await ask(question);
    while (value === RESUMED) value = await ask(question);
    answers.set(question.field, new Secret(usable(value, question.title)));
  }
  if (await lines.rest()) throw unusable("more was given than was asked for");
  return answers;
}

async function answerIn({ title }: Question, lines: Lines): Promise<string | typeof RESUMED> {
  const first = await lineOf(title, lines);
  if (first === RESUMED || !first.startsWith("-----BEGIN")) return first;
  // Files of exchanges and of environments often write the line breaks of a PEM as `\n`.
  const pem = first.replaceAll("\\n", "\n").trimEnd().split("\n");
  while (!(pem.at(-1) ?? "").startsWith("-----END")) {
    const line = await lineOf(title, lines);
    if (line === RESUMED) return line;
    pem.push(line);
    if (pem.length > LONGEST / 10) throw unusable(`the ${title} has no end`);
  }
  return `${pem.join("\n")}\n`;
}

async function lineOf(title: string, lines: Lines): Promise<string | typeof RESUMED> {
  const line = await lines.next();
  if (line === ENDED) throw unusable(`the input ended before the ${title} was read`);
  return line;
}

function usable(value: string, title: string): string {
  if (value.length > LONGEST) throw unusable(`the ${title} is too long to be one`);
  if (value.startsWith("-----BEGIN")) return requirePem(value, title);
  if (value === "") throw unusable(`the ${title} is empty`);
  if (/\s/.test(value)) throw unusable(`the ${title} holds white space`);
  if (/\p{C}/u.test(value)) throw unusable(`the ${title} holds a character that nobody can see`);
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

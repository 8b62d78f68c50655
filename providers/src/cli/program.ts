import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { KeyError } from "../core/errors";
import { registerAdopt } from "./adopt";
import { registerExchanges } from "./exchanges";
import { registerJournal } from "./journal";
import type { Terminal } from "./terminal";

/** How a run ended, as scripts see it. */
export const EXIT = {
  ok: 0,
  /** What was asked for could not be done; the reason is on standard error. */
  failure: 1,
  /** The command, an argument or an option is not one that there is. */
  usage: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command: one file with one function that adds it to the program. */
type Register = (program: Command, terminal: Terminal) => void;

const COMMANDS: readonly Register[] = [registerAdopt, registerExchanges, registerJournal];

const EXIT_CODES = `
Exit codes:
  ${EXIT.ok}  done
  ${EXIT.failure}  could not be done; the reason is on standard error
  ${EXIT.usage}  wrong usage`;

/** Runs one command. Says every failure on the terminal and never throws. @param args without program and script */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = new Command("exchange-keys")
    .description("Exchange API keys: what exchanges allow, and the steps that a person has to do")
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError("Try --help.")
    .addHelpText("after", EXIT_CODES);
  for (const register of COMMANDS) register(program, terminal);
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    // Commander has said what is wrong already; help and version come this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.err(`error: ${plainText(error)}\n`);
    return EXIT.failure;
  }
}

/** Only our own errors are known to quote no secret, body or query. */
function plainText(error: unknown): string {
  if (error instanceof KeyError) return error.message;
  return `unexpected ${error instanceof Error ? error.name : typeof error}`;
}

function version(): string {
  const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

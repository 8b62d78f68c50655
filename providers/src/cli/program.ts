import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { KeyError } from "../core/errors";
import { registerAdopt } from "./adopt";
import { registerExchanges } from "./exchanges";
import { EXIT, type ExitCode } from "./exit";
import { registerJournal } from "./journal";
import { registerPreflight } from "./preflight";
import { guarded, type Terminal } from "./terminal";

/** A command: one file with one function that adds it to the program. */
type Register = (program: Command, terminal: Terminal) => void;

const COMMANDS: readonly Register[] = [registerAdopt, registerExchanges, registerJournal, registerPreflight];

const EXIT_CODES = `
Exit codes:
  ${EXIT.ok}  done
  ${EXIT.failure}  could not be done; the reason is on standard error
  ${EXIT.usage}  wrong usage
  ${EXIT.refused}  refused (preflight)`;

/** Runs one command. Says every failure on the terminal and never throws. @param args without program and script */
export async function runProgram(args: readonly string[], plain: Terminal): Promise<ExitCode> {
  const terminal = guarded(plain);
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
    if (error instanceof CommanderError) return codeOf(error);
    terminal.err(`error: ${plainText(error)}\n`);
    return EXIT.failure;
  }
}

function codeOf({ exitCode }: CommanderError): ExitCode {
  return exitCode === EXIT.ok || exitCode === EXIT.refused ? exitCode : EXIT.usage;
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

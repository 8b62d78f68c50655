#!/usr/bin/env node
import { EXIT } from "./exit";
import { hideTyping } from "./unseen";

/** An end that nobody decided on is a failure. */
async function main(): Promise<void> {
  process.exitCode = EXIT.failure;
  const unfinished = (): void => {
    process.stderr.write("error: the command ended before it was done\n");
  };
  process.once("beforeExit", unfinished);
  const args = process.argv.slice(2);
  const showTyping = args.includes("adopt") ? hideTyping(process.stdin) : undefined;
  // Loading takes seconds on a slow machine, in which a person may already type.
  const [{ runProgram }, { processTerminal }] = await Promise.all([import("./program.js"), import("./terminal.js")]);
  const code = await runProgram(args, processTerminal());
  await showTyping?.();
  process.off("beforeExit", unfinished);
  process.exitCode = code;
}

void main();

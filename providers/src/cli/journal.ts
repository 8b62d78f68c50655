import type { Command } from "commander";
import { KeyError } from "../core/errors";
import { DEFAULT_FOLDER } from "../journal/open-journal";
import { type Verification, verifyJournal } from "../journal/verify";
import type { Terminal } from "./terminal";
import { table } from "./view/table";

/** Changes when a reader of the JSON would have to change. */
const FORMAT = "exchange-keys/journal-verification/1";

interface Options {
  readonly json: boolean;
}

/** `exchange-keys journal [folder] [--json]`: whether a journal is whole, and which acts have no outcome. Reaches nothing else. */
export function registerJournal(program: Command, terminal: Terminal): void {
  program
    .command("journal")
    .description("verify the hash chain of the audit journal and list acts without an outcome")
    .argument("[folder]", "where the journal is kept", DEFAULT_FOLDER)
    .option("--json", "the result as JSON, for programs", false)
    .action(async (folder: string, { json }: Options) => {
      const found = await verify(folder);
      terminal.out(json ? `${JSON.stringify({ format: FORMAT, folder, ...found }, null, 2)}\n` : textOf(folder, found, terminal));
      if (found.problems.length > 0)
        throw new KeyError({ kind: "JournalFailed", message: "the journal was changed", hint: HINT });
    });
}

const HINT = "Compare it with your copy, and find out who changed it.";

async function verify(folder: string): Promise<Verification> {
  try {
    return await verifyJournal(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const hint = "Name the folder that exchange-keys:journal.folder declares.";
    throw new KeyError({ kind: "JournalFailed", message: `the journal in ${folder} cannot be read (${code})`, hint });
  }
}

function textOf(folder: string, found: Verification, { width }: Terminal): string {
  const { files, records, acts, failedActs, unfinished, torn, problems } = found;
  const rows = unfinished.map(({ time, act, exchange, subAccount, name, serial, key, file, seq }) => [
    time,
    act,
    [exchange, subAccount, name].filter((part) => part !== undefined).join("/"),
    serial === undefined ? "" : String(serial),
    key === undefined ? "" : `…${key}`,
    `${file}:${seq + 1}`,
  ]);
  const lines = [
    `${folder}: ${files} files, ${records} records, ${acts} acts, ${failedActs} of them failed`,
    problems.length === 0 ? "every hash follows from the one before it" : "CHANGED:",
    ...problems.map((problem) => `  ${problem}`),
    ...torn.map((file) => `${file}: its last line was cut off when its process ended`),
    ...(rows.length === 0
      ? []
      : ["", "ACTS WITHOUT AN OUTCOME", table(["begun", "act", "key", "serial", "id", "line"], rows, width)]),
  ];
  return `${lines.join("\n")}\n`;
}

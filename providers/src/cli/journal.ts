import type { Command } from "commander";
import { KeyError } from "../core/errors";
import { shown } from "../core/shown";
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
      requireWhole(folder, found);
    });
}

/** Nothing to verify proves nothing, and what a newer version wrote is not known to be whole. */
function requireWhole(folder: string, { problems, newer, records }: Verification): void {
  const refusal = (message: string, hint: string): KeyError => new KeyError({ kind: "JournalFailed", message, hint });
  if (problems.length > 0) throw refusal("the journal was changed", "Compare it with your copy, and find out who changed it.");
  if (newer.length > 0) throw refusal("a newer version wrote in the journal", "Verify it with that version.");
  if (records === 0) throw refusal(`there is nothing to verify in ${folder}`, FOLDER_HINT);
}

const FOLDER_HINT = "Name the folder that exchange-keys:journal.folder declares.";

async function verify(folder: string): Promise<Verification> {
  try {
    return await verifyJournal(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `the journal in ${folder} cannot be read (${code})`;
    throw new KeyError({ kind: "JournalFailed", message, hint: FOLDER_HINT });
  }
}

function textOf(folder: string, found: Verification, { width }: Terminal): string {
  const { files, records, acts, failedActs, unfinished, torn, archived } = found;
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
    ...verdictOf(found),
    ...archived.map((file) => `${file}: is older than the oldest file here, and not looked for`),
    ...torn.map((file) => `${file}: its last line was cut off when its process ended`),
    ...(rows.length === 0 ? [] : ["", "ACTS WITHOUT AN OUTCOME"]),
  ];
  const open = rows.length === 0 ? "" : `${table(["begun", "act", "key", "serial", "id", "line"], rows, width)}\n`;
  return `${lines.map(shown).join("\n")}\n${open}`;
}

function verdictOf({ problems, newer, records }: Verification): readonly string[] {
  const listed = (title: string, found: readonly string[]): readonly string[] =>
    found.length === 0 ? [] : [title, ...found.map((one) => `  ${one}`)];
  const said = [...listed("CHANGED:", problems), ...listed("FROM A NEWER VERSION:", newer)];
  if (said.length > 0) return said;
  return [records === 0 ? "there is nothing to verify" : "every hash follows from the one before it"];
}

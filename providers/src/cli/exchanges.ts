import { Argument, type Command } from "commander";
import { PROGRAM } from "../core/words";
import type { Descriptor } from "../exchanges/descriptor";
import { DESCRIPTORS } from "../exchanges/registry";
import type { Terminal } from "./terminal";
import { overviewOf } from "./view/overview";
import type { Section } from "./view/section";
import { sheetOf } from "./view/sheet";
import { table, wrap } from "./view/table";

/** Changes when a reader of the JSON would have to change. */
const FORMAT = "exchange-keys/exchanges/1";

interface Options {
  readonly json: boolean;
}

/** `exchange-keys exchanges [id] [--json]`: what each exchange can do, as this package knows it. Reaches nothing. */
export function registerExchanges(program: Command, terminal: Terminal): void {
  const ids = DESCRIPTORS.map(({ id }) => id);
  program
    .command("exchanges")
    .description("what each exchange allows: operations, limits, scopes and hosts, with sources and dates")
    .addArgument(new Argument("[exchange]", "one exchange in full").choices(ids))
    .option("--json", "every fact as JSON, for programs", false)
    .action((id: string | undefined, { json }: Options) => {
      const chosen = DESCRIPTORS.filter((descriptor) => id === undefined || descriptor.id === id);
      terminal.out(json ? jsonOf(chosen) : textOf(chosen, terminal));
    });
}

function jsonOf(exchanges: readonly Descriptor[]): string {
  return `${JSON.stringify({ format: FORMAT, exchanges }, null, 2)}\n`;
}

function textOf(descriptors: readonly Descriptor[], { width }: Terminal): string {
  const [one, ...others] = descriptors;
  const alone = one !== undefined && others.length === 0;
  const title = alone ? [one.title] : [];
  const sections = (alone ? sheetOf(one) : overviewOf(descriptors)).map((each) => shown(each, width));
  const more = alone ? [] : [`One exchange in full, with all sources:\n${PROGRAM} exchanges <exchange>`];
  return `${[...title, ...sections, ...more].join("\n\n")}\n`;
}

function shown({ title, head, rows, notes }: Section, width: number | undefined): string {
  const remarks = notes.flatMap((note) => wrap(note, width ?? Number.POSITIVE_INFINITY));
  return [title.toUpperCase(), table(head, rows, width), ...remarks].join("\n");
}

import { SUMMARY } from "../../providers/src/cli/view/overview";
import { reasonOf, sheetOf, UNFINISHED } from "../../providers/src/cli/view/sheet";
import { effectiveScopes } from "../../providers/src/core/scopes";
import { unwritten } from "../../providers/src/core/support";
import { OPERATIONS, type Scope } from "../../providers/src/core/words";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { exchangesFolder } from "./exchange-folders";
import { markdownSection, markdownTable } from "./markdown";

/** Every file in it is generated. */
export const pagesFolder = "docs/exchanges";

export function pagePath({ id }: Descriptor): string {
  return `${pagesFolder}/${id}.md`;
}

/** All that is known about one exchange. */
export function renderPage(descriptor: Descriptor): string {
  const { id, title, credentials } = descriptor;
  const intro = [
    `<!-- Written by \`npm run generate\` from ${exchangesFolder}/${id}/descriptor.ts: do not edit. -->`,
    `# ${title}`,
    "What this package knows, from which source, read on which day. It was gathered from public documents and never tried against the " +
      "live exchange. A `?` marks what no source settles; for everything else the named source does. " +
      `The same on a terminal: \`npx --no-install exchange-keys exchanges ${id}\`.`,
    `A parent credential is ${credentials.map((field) => `\`${field}\``).join(", ")}.`,
  ];
  return `${[...intro, ...sheetOf(descriptor).map(markdownSection)].join("\n\n")}\n`;
}

const OPEN = "<!-- generated:exchanges -->";
const CLOSE = "<!-- /generated:exchanges -->";

/** The README with its tables of exchanges as they are now. @throws Error when the place for them is gone */
export function renderReadme(readme: string, descriptors: readonly Descriptor[]): string {
  const [start, end] = [readme.indexOf(OPEN), readme.indexOf(CLOSE)];
  if (start < 0 || end < start) throw new Error(`README.md has no ${OPEN} … ${CLOSE}`);
  const content = [summary(descriptors), matrix(descriptors), REMARK].join("\n\n");
  return `${readme.slice(0, start + OPEN.length)}\n${content}\n${readme.slice(end)}`;
}

const REMARK =
  "`?`: no source settles it. Scopes joined by `+` come together and are declared together. Sources, dates, errors and hosts stand on " +
  "the page of each exchange, and `exchange-keys exchanges [id] [--json]` prints them.";

function summary(descriptors: readonly Descriptor[]): string {
  const rows = descriptors.map((descriptor) => [...SUMMARY.map(({ cell }) => cell(descriptor)), together(descriptor)]);
  return linked(
    descriptors,
    markdownTable(["exchange", ...SUMMARY.map(({ name }) => name), "scopes"], withIds(descriptors, rows)),
  );
}

/** Operation × exchange. */
function matrix(descriptors: readonly Descriptor[]): string {
  const rows = descriptors.map(({ operations }) => OPERATIONS.map((operation) => operations[operation].can));
  const reasons = descriptors.flatMap(({ id, operations }) =>
    OPERATIONS.flatMap((operation) => {
      const reason = reasonOf(operations[operation]);
      return reason === undefined ? [] : [[id, operation, reason]];
    }),
  );
  const why = reasons.length === 0 ? [] : [linked(descriptors, markdownTable(["exchange", "operation", "why not"], reasons))];
  const table = linked(descriptors, markdownTable(["exchange", ...OPERATIONS], withIds(descriptors, rows)));
  return [table, ...why, ...unfinished(descriptors)].join("\n\n");
}

/** Apart from what exchanges cannot do. */
function unfinished(descriptors: readonly Descriptor[]): readonly string[] {
  const rows = descriptors.flatMap((descriptor) => unwritten(descriptor).map((operation) => [descriptor.id, operation]));
  if (rows.length === 0) return [];
  return [linked(descriptors, markdownTable(["exchange", "operation"], rows)), UNFINISHED];
}

function withIds(descriptors: readonly Descriptor[], rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row, index) => [descriptors[index]?.id ?? "", ...row]);
}

/** Titles that lead to the pages, in the place of ids. */
function linked(descriptors: readonly Descriptor[], table: string): string {
  return descriptors.reduce(
    (text, descriptor) => text.replaceAll(`| ${descriptor.id} |`, `| [${descriptor.title}](${pagePath(descriptor)}) |`),
    table,
  );
}

/** The scopes of keys made by API, those that must be declared together as one. */
function together({ grants }: Descriptor): string {
  const given = new Set(grants.value.flatMap(({ scopes }) => scopes));
  const groups = [...given].map((scope) => {
    const declared: readonly Scope[] = ["read", scope];
    const plan = effectiveScopes(grants.value, declared);
    const all = new Set([scope, ...(plan.kind === "exact" ? [] : plan.additions)]);
    return [...given].filter((each) => all.has(each)).join("+");
  });
  return [...new Set(groups)].join(", ");
}

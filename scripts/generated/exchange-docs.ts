import { SUMMARY } from "../../providers/src/cli/view/overview";
import { reasonOf, sheetOf, UNFINISHED } from "../../providers/src/cli/view/sheet";
import { effectiveScopes } from "../../providers/src/core/scopes";
import { unwritten } from "../../providers/src/core/support";
import { OPERATIONS, type Scope } from "../../providers/src/core/words";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { exchangesFolder } from "./exchange-folders";
import { markdownSection, markdownTable, wrapped } from "./markdown";

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
    wrapped(
      "This page lists what the package knows about the exchange, with the source of each fact and the day on which it was read. " +
        "All of it comes from public documents. Nothing was tried against the live exchange. " +
        `A \`?\` marks a value that no source confirms. The same on a terminal: \`npx --no-install exchange-keys exchanges ${id}\`.`,
    ),
    `A parent credential is ${credentials.map((field) => `\`${field}\``).join(", ")}.`,
  ];
  return `${[...intro, ...sheetOf(descriptor).map(markdownSection)].join("\n\n")}\n`;
}

const OPEN = "<!-- generated:exchanges -->";
const CLOSE = "<!-- /generated:exchanges -->";

/** What a newcomer asks first. None of it is a number that nobody confirms. */
const FIRST: ReadonlySet<string> = new Set([
  "keys issued by API",
  "changed in place",
  "sub-accounts made here",
  "passphrase",
  "test network",
]);

/** The README with its table of exchanges as it is now. @throws Error when the place for it is gone */
export function renderReadme(readme: string, descriptors: readonly Descriptor[]): string {
  const [start, end] = [readme.indexOf(OPEN), readme.indexOf(CLOSE)];
  if (start < 0 || end < start) throw new Error(`README.md has no ${OPEN} … ${CLOSE}`);
  const table = linked(summary(descriptors, FIRST), descriptors, `${pagesFolder}/`);
  return `${readme.slice(0, start + OPEN.length)}\n${table}\n${readme.slice(end)}`;
}

export const overviewPath = `${pagesFolder}/README.md`;

/** All exchanges side by side. */
export function renderOverview(descriptors: readonly Descriptor[]): string {
  const link = (table: string) => linked(table, descriptors, "");
  const parts = [
    `<!-- Written by \`npm run generate\` from ${exchangesFolder}/*/descriptor.ts: do not edit. -->`,
    "# Exchanges",
    wrapped(
      "These tables compare the exchanges. The page of each exchange names the source of every fact, its date, error codes and hosts. " +
        "On a terminal `npx --no-install exchange-keys exchanges [id] [--json]` prints the same.",
    ),
    "## Keys",
    wrapped(
      "A `?` marks a value that no public source confirms. The page of the exchange says how it was chosen. " +
        "Scopes joined by `+` come together and are declared together.",
    ),
    link(summary(descriptors)),
    "## Operations",
    wrapped(
      "`yes`: the API does it. `manual`: a person does it on a web page. `no`: nobody can. `unknown`: no source says. " +
        "`not yet`: the exchange can, and this package cannot.",
    ),
    link(matrix(descriptors)),
    "## Why not",
    link(markdownTable(["exchange", "operation", "why not"], reasons(descriptors))),
    ...unfinished(descriptors).map(link),
  ];
  return `${parts.join("\n\n")}\n`;
}

function summary(
  descriptors: readonly Descriptor[],
  names: ReadonlySet<string> = new Set(SUMMARY.map(({ name }) => name)),
): string {
  const columns = SUMMARY.filter(({ name }) => names.has(name));
  const rows = descriptors.map((descriptor) => [...columns.map(({ cell }) => cell(descriptor)), together(descriptor)]);
  return markdownTable(["exchange", ...columns.map(({ name }) => name), "scopes"], withIds(descriptors, rows));
}

/** Operation × exchange. */
function matrix(descriptors: readonly Descriptor[]): string {
  const rows = descriptors.map(({ operations }) => OPERATIONS.map((operation) => operations[operation].can));
  return markdownTable(["exchange", ...OPERATIONS], withIds(descriptors, rows));
}

function reasons(descriptors: readonly Descriptor[]): readonly (readonly string[])[] {
  return descriptors.flatMap(({ id, operations }) =>
    OPERATIONS.flatMap((operation) => {
      const reason = reasonOf(operations[operation]);
      return reason === undefined ? [] : [[id, operation, reason]];
    }),
  );
}

/** Apart from what exchanges cannot do. */
function unfinished(descriptors: readonly Descriptor[]): readonly string[] {
  const rows = descriptors.flatMap((descriptor) => unwritten(descriptor).map((operation) => [descriptor.id, operation]));
  if (rows.length === 0) return [];
  return ["## Not in this package yet", markdownTable(["exchange", "operation"], rows), UNFINISHED];
}

function withIds(descriptors: readonly Descriptor[], rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row, index) => [descriptors[index]?.id ?? "", ...row]);
}

/** Titles that lead to the pages, in the place of ids. */
function linked(table: string, descriptors: readonly Descriptor[], folder: string): string {
  return descriptors.reduce((text, { id, title }) => text.replaceAll(`| ${id} |`, `| [${title}](${folder}${id}.md) |`), table);
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

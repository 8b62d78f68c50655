import { unwritten, whyNot } from "../../core/support";
import { OPERATIONS, SCOPES } from "../../core/words";
import type { Descriptor, Fact, Grant, Support } from "../../exchanges/descriptor";
import { factLines, inPlace, marked, pace, scopeCell } from "./facts";
import { type Section, section } from "./section";

/** What the mark stands for. */
export const UNCONFIRMED = "? no source settles it";

/** What follows where an exchange has what this package does not have yet. */
export const UNFINISHED =
  "The exchange has these operations, and this package does not yet. Production refuses the exchange until it has all.";

/** What `with` means in a table of scopes. */
export const TOGETHER =
  "What comes with others has to be declared with them. Adopted: only a key that a person makes can have it.";

/** Everything that is known about one exchange. */
export function sheetOf(descriptor: Descriptor): readonly Section[] {
  return [
    operations(descriptor),
    impossible(descriptor),
    unfinished(descriptor),
    facts(descriptor),
    scopes(descriptor),
    flags(descriptor),
    paces(descriptor),
    errors(descriptor),
    hosts([descriptor]),
  ].filter(({ rows }) => rows.length > 0);
}

function operations(descriptor: Descriptor): Section {
  const rows = OPERATIONS.map((operation) => {
    const support = descriptor.operations[operation];
    return [operation, support.can, ...sourceOf(support)];
  });
  return section("Operations", ["operation", "by API", "date", "source"], { rows });
}

function sourceOf(support: Support): readonly [date: string, source: string] {
  return support.can === "unknown" ? ["", "no source says"] : [support.date, support.source];
}

/** @returns why an exchange does not have an operation, or may not. Nothing for one that it has */
export function reasonOf(support: Support): string | undefined {
  return support.can === "not yet" ? undefined : whyNot(support);
}

function impossible(descriptor: Descriptor): Section {
  const asked = OPERATIONS.map((operation) => [operation, reasonOf(descriptor.operations[operation])] as const);
  const cells = SCOPES.map((scope) => [scope, scopeCell(descriptor, scope)] as const);
  const never = cells.filter(([, cell]) => cell === "no");
  const adopted = descriptor.operations.issue.can === "yes" ? cells.filter(([, cell]) => cell.startsWith("adopted")) : [];
  const { value } = descriptor.inPlace;
  const renewed = [value.scopes ? [] : ["scopes"], value.ipWhitelist ? [] : ["addresses"], value.label ? [] : ["label"]].flat();
  const rows = [
    ...asked.flatMap(([operation, reason]) => (reason === undefined ? [] : [[operation, reason]])),
    ...never.map(([scope]) => [`scope ${scope}`, "no flag gives it"]),
    ...adopted.map(([scope]) => [`scope ${scope}`, "no key made by API can have it, only one that a person makes"]),
    ...renewed.map((part) => [`change of ${part}`, `asks for a new key; in place: ${inPlace(value)}`]),
  ];
  return section("Not possible by API", ["what", "why"], { rows });
}

/** Apart from what the exchange cannot do: here it is this package that cannot. */
function unfinished(descriptor: Descriptor): Section {
  const rows = unwritten(descriptor).map((operation) => [operation, ...sourceOf(descriptor.operations[operation])]);
  return section("Not in this package yet", ["operation", "date", "source"], { rows, notes: [UNFINISHED] });
}

function facts(descriptor: Descriptor): Section {
  const rows = factLines(descriptor).map((line) => {
    const note = line.note === "" ? "" : `. ${line.note}`;
    return [line.topic, marked(line.value, line), line.date, `${line.source}${note}`];
  });
  return section("Keys", ["fact", "value", "date", "source and remarks"], { rows, notes: [UNCONFIRMED] });
}

function scopes(descriptor: Descriptor): Section {
  const rows = SCOPES.map((scope) => [scope, scopeCell(descriptor, scope)]);
  return section("Scopes", ["scope", "on a key"], { rows, notes: [TOGETHER] });
}

function flags({ grants, parentGrants }: Descriptor): Section {
  const rows = (of: readonly Grant[], who: string) => of.map(({ flag, scopes }) => [flag, who, scopes.join(", ")]);
  return section("Flags", ["flag", "on", "scopes"], {
    rows: [...rows(grants.value, "all keys"), ...rows(parentGrants.value, "parents only")],
    notes: [`All keys: ${origin(grants)}`, `Parents only: ${origin(parentGrants)}`],
  });
}

/** Where a whole table comes from. */
function origin(fact: Fact<unknown>): string {
  const { source, date, note = "" } = fact;
  return `${marked(source, fact)} (${date}). ${note}`.trimEnd();
}

function paces({ rates, lanes }: Descriptor): Section {
  const rows = [...Object.entries(rates.value), ...Object.entries(lanes?.value ?? {})].map(([call, rate]) => [call, pace(rate)]);
  const notes = [rates, ...(lanes === undefined ? [] : [lanes])].map(origin);
  return section("Pace of one parent", ["call", "requests"], { rows, notes });
}

function errors({ errors: codes, hints }: Descriptor): Section {
  const rows = Object.entries(codes.value).map(([code, kind]) => [code, kind, hints[code] ?? ""]);
  const notes = ["Every other code is a BadResponse that names it.", origin(codes)];
  return section("Errors", ["code", "kind", "what to do"], { rows, notes });
}

/** Where each exchange is reached. */
export function hosts(descriptors: readonly Descriptor[]): Section {
  const several = descriptors.length > 1;
  const rows = descriptors.flatMap(({ id, hosts: environments }) =>
    Object.entries(environments).flatMap(([environment, sites]) =>
      Object.entries(sites).map(([site, host]) => [...(several ? [id] : []), environment, site, host]),
    ),
  );
  return section("Hosts", [...(several ? ["exchange"] : []), "environment", "site", "host"], { rows });
}

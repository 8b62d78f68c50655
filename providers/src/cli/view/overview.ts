import { lifetimeDays } from "../../core/lifetime";
import { unwritten } from "../../core/support";
import { OPERATIONS, SCOPES } from "../../core/words";
import type { Descriptor } from "../../exchanges/descriptor";
import { inPlace, marked, scopeCell, yesNo } from "./facts";
import { type Section, section } from "./section";
import { hosts, reasonOf, TOGETHER, UNCONFIRMED, UNFINISHED } from "./sheet";

/** So many scopes fit a column. */
const FEW = 2;

/** All exchanges side by side. */
export function overviewOf(descriptors: readonly Descriptor[]): readonly Section[] {
  const head = (what: string): readonly string[] => [what, ...descriptors.map(({ id }) => id)];
  const row = (what: string, cell: (descriptor: Descriptor) => string): readonly string[] => [what, ...descriptors.map(cell)];
  const operations = OPERATIONS.map((operation) => row(operation, ({ operations: all }) => all[operation].can));
  const keys = SUMMARY.map(({ name, cell }) => row(name, cell));
  const scopes = SCOPES.map((scope) => row(scope, (descriptor) => scopeCell(descriptor, scope, FEW)));
  return [
    section("Operations by API", head("operation"), { rows: operations }),
    reasons(descriptors),
    unfinished(descriptors),
    section("Keys", head("fact"), { rows: keys, notes: [UNCONFIRMED] }),
    section("Scopes", head("scope"), { rows: scopes, notes: [TOGETHER] }),
    flags(descriptors),
    hosts(descriptors),
  ].filter(({ rows }) => rows.length > 0);
}

/** What a person compares first, one short text for each exchange. */
export const SUMMARY: readonly { readonly name: string; readonly cell: (descriptor: Descriptor) => string }[] = [
  { name: "keys issued by API", cell: ({ operations }) => operations.issue.can },
  { name: "changed in place", cell: ({ inPlace: fact }) => marked(inPlace(fact.value), fact) },
  { name: "addresses per key", cell: ({ limits }) => marked(String(limits.ipsPerKey.value), limits.ipsPerKey) },
  {
    name: "keys per sub-account",
    cell: ({ limits }) => marked(String(limits.keysPerSubAccount.value), limits.keysPerSubAccount),
  },
  { name: "length of a label", cell: ({ label }) => marked(label.value === "none" ? "none" : String(label.value.max), label) },
  { name: "ends by itself", cell: ends },
  { name: "passphrase", cell: ({ credentials }) => yesNo(credentials.includes("passphrase")) },
  { name: "sub-accounts made here", cell: ({ subAccounts }) => yesNo(subAccounts !== undefined) },
  { name: "test network", cell: ({ hosts: { testnet } }) => yesNo(Object.keys(testnet).length > 0) },
];

/** When a key stops working by itself. */
function ends(descriptor: Descriptor): string {
  const { lifetimeDays: chosen, unboundExpiryDays: unbound } = descriptor;
  const always = lifetimeDays(descriptor, { ipWhitelist: ["an address"] });
  if (always !== undefined && chosen !== undefined) return marked(`${always} d`, chosen);
  return unbound === undefined ? "no" : marked(`${unbound.value} d if unbound`, unbound);
}

function reasons(descriptors: readonly Descriptor[]): Section {
  const rows = descriptors.flatMap(({ id, operations }) =>
    OPERATIONS.flatMap((operation) => {
      const support = operations[operation];
      const reason = reasonOf(support);
      if (reason === undefined) return [];
      const source = support.can === "unknown" ? "" : ` (${support.source}, ${support.date})`;
      return [[id, operation, support.can, `${reason}${source}`]];
    }),
  );
  return section("Why not", ["exchange", "operation", "by API", "why"], { rows });
}

function unfinished(descriptors: readonly Descriptor[]): Section {
  const rows = descriptors.flatMap((descriptor) => unwritten(descriptor).map((operation) => [descriptor.id, operation]));
  return section("Not in this package yet", ["exchange", "operation"], { rows, notes: [UNFINISHED] });
}

function flags(descriptors: readonly Descriptor[]): Section {
  const rows = descriptors.flatMap(({ id, grants }) =>
    grants.value.map(({ flag, scopes }) => [id, marked(flag, grants), scopes.join(", ")]),
  );
  return section("Flags of keys", ["exchange", "flag", "scopes"], { rows });
}

import type { Identity } from "../core/words";
import type { SealContext } from "./sealer";

/** Names of the context, in the order of their canonical form. */
const NAMES = [
  "account",
  "bot",
  "exchange",
  "name",
  "owner",
  "serial",
  "subAccount",
] as const satisfies readonly (keyof SealContext)[];

/** What is authenticated with one version: its identity and its serial, nothing else. */
export function contextOf(identity: Identity, serial: number): SealContext {
  const { owner, bot, exchange, account, subAccount, name } = identity;
  return { owner, bot, exchange, account, subAccount, name, serial: String(serial) };
}

/** The seven values as a new object that holds nothing else, sorted by name. */
export function contextValues(context: SealContext): Record<string, string> {
  return Object.fromEntries(NAMES.map((name) => [name, context[name]]));
}

/** Canonical JSON: the seven names sorted, no white space. The same text in every language. */
export function canonicalContext(context: SealContext): string {
  return JSON.stringify(contextValues(context));
}

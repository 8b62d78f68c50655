import type { Identity } from "../core/words";
import type { SealContext } from "./sealer";

/** Names of the context, in the order of their canonical form. */
const NAMES = [
  "account",
  "bot",
  "exchange",
  "name",
  "owner",
  "part",
  "serial",
  "subAccount",
] as const satisfies readonly (keyof SealContext)[];

/** What is authenticated with one version: its identity and its serial, nothing else. */
export function contextOf(identity: Identity, serial: number): SealContext {
  const { owner, bot, exchange, account, subAccount, name } = identity;
  return { owner, bot, exchange, account, subAccount, name, serial: String(serial) };
}

/** The same for a passphrase that manages the key, sealed apart: whoever may open it cannot open the key. */
export function passphraseContextOf(identity: Identity, serial: number): SealContext {
  return { ...contextOf(identity, serial), part: "passphrase" };
}

/** The values as a new object that holds nothing else, sorted by name. */
export function contextValues(context: SealContext): Record<string, string> {
  return Object.fromEntries(NAMES.flatMap((name) => (context[name] === undefined ? [] : [[name, context[name]]])));
}

/** Canonical JSON: the names sorted, no white space. The same text in every language. */
export function canonicalContext(context: SealContext): string {
  return JSON.stringify(contextValues(context));
}

import { isDeepStrictEqual } from "node:util";
import { canonicalAddress } from "./addresses";

/** What has to be added and removed to come from `from` to `to`, both taken as sets. */
export interface SetChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function changeBetween(from: readonly string[], to: readonly string[]): SetChange {
  const before = new Set(from);
  const after = new Set(to);
  return { added: [...after].filter((item) => !before.has(item)), removed: [...before].filter((item) => !after.has(item)) };
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const change = changeBetween(one, other);
  return change.added.length === 0 && change.removed.length === 0;
}

/** Addresses in one form, so that `::1` and `0:0:0:0:0:0:0:1` are the same. What cannot be read stays as it is, and so differs. */
export function canonicalAddresses(addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => canonicalAddress(address) ?? address);
}

/** `+a -b`, or an empty text when nothing changed. */
export function showChange(change: SetChange): string {
  return [...change.added.map((item) => `+${item}`), ...change.removed.map((item) => `-${item}`)].join(" ");
}

/** Lists of ours are sets: neither a person's order nor the engine's order of an object's fields means anything. */
export function sameInput(old: unknown, wanted: unknown): boolean {
  if (Array.isArray(old) && Array.isArray(wanted)) return sameSet(old, wanted);
  return isDeepStrictEqual(old, wanted);
}

/** Listed addresses that are not wanted, as they are listed: some exchanges delete them only when they are written so. */
export function surplusOf(listed: readonly string[], wanted: readonly string[]): readonly string[] {
  const kept = new Set(canonicalAddresses(wanted));
  return listed.filter((address) => !canonicalAddresses([address]).some((canonical) => kept.has(canonical)));
}

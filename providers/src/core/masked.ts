import ipaddr from "ipaddr.js";
import { canonicalAddresses } from "./sets";

/** What stands for one or more hidden numbers of an address. */
const HIDDEN = "**";

/**
 * The addresses that an exchange shows, in one form, each entry with hidden numbers (`10.**.1`) as the declared address that it fits. Every
 * declared address stands for one entry at most, and only for one that is not shown in full. What fits none stays as it is, and so differs.
 */
export function shownAddresses(declared: readonly string[], shown: readonly string[]): readonly string[] {
  const full = canonicalAddresses(shown.filter((entry) => !entry.includes("*")));
  const masked = shown.filter((entry) => entry.includes("*"));
  if (masked.length === 0) return full;
  const free = canonicalAddresses(declared).filter((address) => !full.includes(address));
  const taken = matching(masked, [...new Set(free)]);
  return [...full, ...masked.map((entry, index) => taken.get(index) ?? entry)];
}

/** True when `entry` shows an IPv4 address with whole numbers hidden, and nothing it shows differs from `address`. */
export function fitsMask(entry: string, address: string): boolean {
  const parts = entry.split(".");
  const [first, last] = [parts.indexOf(HIDDEN), parts.lastIndexOf(HIDDEN)];
  if (first === -1 || !ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  const between = parts.slice(first, last + 1);
  const [before, after] = [parts.slice(0, first), parts.slice(last + 1)];
  const numbers = address.split(".");
  const room = numbers.length - before.length - after.length;
  const visible = before.length + after.length > 0;
  if (!visible || room < between.length || between.some((part) => part !== HIDDEN)) return false;
  const end = numbers.slice(numbers.length - after.length);
  return before.every((part, index) => part === numbers[index]) && after.every((part, index) => part === end[index]);
}

/** Index of an entry → its address, for as many entries as can have one of their own. */
function matching(entries: readonly string[], addresses: readonly string[]): ReadonlyMap<number, string> {
  const owner = new Map<string, number>();
  const place = (index: number, tried: Set<string>): boolean => {
    for (const address of addresses) {
      if (tried.has(address) || !fitsMask(entries[index] ?? "", address)) continue;
      tried.add(address);
      const other = owner.get(address);
      if (other !== undefined && !place(other, tried)) continue;
      owner.set(address, index);
      return true;
    }
    return false;
  };
  for (const index of entries.keys()) place(index, new Set());
  return new Map([...owner].map(([address, index]) => [index, address]));
}

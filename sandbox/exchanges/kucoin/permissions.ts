import type { Random } from "../../random";

const WORDS = ["General", "Spot", "Margin", "Futures", "InnerTransfer", "Transfer", "Earn"] as const;

/** One permission. `Transfer` is withdrawal. */
export type Word = (typeof WORDS)[number];
export type Permission = readonly Word[];

/** Those that let a key place orders. */
export const TRADES: Permission = ["Spot", "Margin", "Futures"];

/** Only a person at the web page gives these, and to master keys only. */
const BY_HAND: Permission = ["Transfer", "Earn"];

/** What a call may give to a sub-account's key; `General` is added. `undefined` for any other word. */
export function readPermission(text: string): Permission | undefined {
  const words = toPermission(text.split(",").map((word) => word.trim()));
  return words?.some((word) => BY_HAND.includes(word)) ? undefined : words;
}

/** With `General` added. `undefined` for an unknown word. */
export function toPermission(words: readonly string[]): Permission | undefined {
  const unknown = words.some((word) => !WORDS.some((known) => known === word));
  return unknown ? undefined : WORDS.filter((word) => word === "General" || words.includes(word));
}

/** In any order. */
export function permissionText(permission: Permission, random: Random): string {
  return random.shuffle(permission).join(",");
}

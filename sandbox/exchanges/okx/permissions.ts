import type { Random } from "../../random";
import { refuse } from "./errors";

/** What a key may do. `read_only` is always part of it. */
export type Perm = readonly ("read_only" | "trade" | "withdraw")[];

const WORDS: Perm = ["read_only", "trade", "withdraw"];

/** The words of a comma list. @throws Refusal for unknown words, and for withdraw, which no sub-account's key can have */
export function readPerm(text: string): Perm {
  const asked = text.split(",");
  if (asked.includes("withdraw")) throw refuse("withdraw", "Sub-account API keys cannot have the withdraw permission.");
  const perm = toPerm(asked);
  if (perm === undefined) throw refuse("parameter", "Parameter perm error");
  return perm;
}

/** With `read_only` added. `undefined` for an unknown word. */
export function toPerm(words: readonly string[]): Perm | undefined {
  const unknown = words.some((word) => !WORDS.some((known) => known === word));
  return unknown ? undefined : WORDS.filter((word) => word === "read_only" || words.includes(word));
}

/** In any order. */
export function permText(perm: Perm, random: Random): string {
  return random.shuffle(perm).join(",");
}

/** The answer to a modification spells `read_only` as `read`. */
export function modifiedPermText(perm: Perm, random: Random): string {
  return permText(perm, random).replace("read_only", "read");
}

import { z } from "zod";
import type { Random } from "../../random";
import { refuse } from "./errors";

/** One group of permissions. With `read_only` it allows GET requests only. */
export interface Permission {
  readonly name: string;
  readonly read_only: boolean;
}

/** The groups that a sub-account's key may be given. */
const SUB_KEY_GROUPS: readonly string[] = [
  "wallet",
  "spot",
  "futures",
  "delivery",
  "earn",
  "custody",
  "options",
  "account",
  "loan",
  "margin",
  "unified",
  "copy",
];

/** Further groups of the main account's keys, ticked on the web page. */
const MAIN_KEY_GROUPS: readonly string[] = ["withdrawal", "pilot", "otc", "alpha", "crossx"];

const shape = z.array(z.object({ name: z.string(), read_only: z.boolean().default(false) }));

/** What may be given to a sub-account's key, each group once. @throws Refusal INVALID_PARAM_VALUE */
export function readPerms(value: unknown): readonly Permission[] {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw refuse("parameter", "invalid argument: perms");
  const names = parsed.data.map(({ name }) => name);
  const unknown = names.find((name) => !SUB_KEY_GROUPS.includes(name));
  if (unknown !== undefined || new Set(names).size < names.length) throw refuse("parameter", "invalid argument: perms.name");
  return parsed.data;
}

/** All groups that a sub-account's key may have, to read and write. */
export function allPerms(): readonly Permission[] {
  return SUB_KEY_GROUPS.map((name) => ({ name, read_only: false }));
}

export function permOf(perms: readonly Permission[], group: string): Permission | undefined {
  return perms.find(({ name }) => name === group);
}

/** In any order. */
export function unordered(perms: readonly Permission[], random: Random): readonly Permission[] {
  return random.shuffle(perms);
}

/** `spot` for a group that may write, `spot:read` for one that may not. */
export function toWords(perms: readonly Permission[]): readonly string[] {
  return perms.map(({ name, read_only }) => (read_only ? `${name}:read` : name));
}

/** `undefined` for a group that no key has. */
export function fromWords(words: readonly string[]): readonly Permission[] | undefined {
  const known = [...SUB_KEY_GROUPS, ...MAIN_KEY_GROUPS];
  const perms = words.map((word) => ({ name: word.replace(/:read$/, ""), read_only: word.endsWith(":read") }));
  return perms.every(({ name }) => known.includes(name)) ? perms : undefined;
}

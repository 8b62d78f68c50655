import { z } from "zod";
import type { Random } from "../../random";
import { refuse } from "./errors";

export type Permissions = Readonly<Record<string, readonly string[]>>;

type Vocabulary = Readonly<Record<string, readonly string[]>>;

const SHARED: Vocabulary = {
  ContractTrade: ["Order", "Position"],
  Spot: ["SpotTrade"],
  Wallet: ["AccountTransfer"],
  Options: ["OptionsTrade"],
  Derivatives: ["DerivativesTrade"],
  CopyTrading: [],
  BlockTrade: [],
  Exchange: ["ExchangeHistory"],
  NFT: [],
  Affiliate: [],
  Earn: ["Earn"],
  FiatP2P: [],
  FiatBitPay: [],
  FiatConvertBroker: [],
};

/** What the key of a sub-account may be given. A group without words is always `[]`. */
export const SUB_KEY_WORDS: Vocabulary = { ...SHARED, Wallet: ["AccountTransfer", "SubMemberTransferList"] };

/** What a master key may give itself. Withdraw is only ever ticked on the web page. */
export const MASTER_KEY_WORDS: Vocabulary = {
  ...SHARED,
  Wallet: ["AccountTransfer", "SubMemberTransfer"],
  BlockTrade: ["BlockTrade"],
  Affiliate: ["Affiliate"],
  BitCard: ["BitCard"],
  ByXPost: ["ByXPost"],
};

const shape = z.record(z.string(), z.array(z.string()));

/** @throws Refusal 10001 for an unknown group or word, and when nothing is asked for */
export function readPermissions(value: unknown, words: Vocabulary): Permissions {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw refuse("parameter", "permissions is invalid");
  for (const [group, asked] of Object.entries(parsed.data)) {
    const known = words[group];
    if (known === undefined || asked.some((word) => !known.includes(word))) {
      throw refuse("parameter", `permissions of group ${group} are invalid`);
    }
  }
  if (Object.values(parsed.data).every((asked) => asked.length === 0)) {
    throw refuse("parameter", "permissions cannot be empty");
  }
  return parsed.data;
}

/** The account type decides about this group; whoever trades contracts on the unified account has it. */
export function withServerGroups(permissions: Permissions): Permissions {
  if ((permissions.ContractTrade ?? []).length === 0) return permissions;
  return { ...permissions, Derivatives: ["DerivativesTrade"] };
}

/** Every group, empty ones included, as create, update and query-api answer. */
export function allGroups(permissions: Permissions): Permissions {
  const groups = Object.keys(SUB_KEY_WORDS).map((group) => [group, permissions[group] ?? []]);
  return { ...Object.fromEntries(groups), ...permissions };
}

/** As in lists: groups and words in any order, and some of the empty groups left out. */
export function unorderedGroups(permissions: Permissions, random: Random): Permissions {
  const groups = Object.entries(allGroups(permissions)).filter(([, words]) => words.length > 0 || random.chance());
  return Object.fromEntries(random.shuffle(groups).map(([group, words]) => [group, random.shuffle(words)]));
}

export function has(permissions: Permissions, group: string, word: string): boolean {
  return (permissions[group] ?? []).includes(word);
}

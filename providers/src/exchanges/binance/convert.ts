import { KeyError } from "../../core/errors";
import { effectiveScopes, flagsByAlias, foreignFlags, readScopes } from "../../core/scopes";
import type { Scope } from "../../core/words";
import type { KeySpec, ListedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import {
  type AddressesAnswer,
  FLAG,
  type KeyRow,
  type ParentAnswer,
  type StatusAnswer,
  type StatusRow,
  type SubAccountRow,
} from "./types";

/** Every key reads. There is no flag to send. */
const READ = "read";

/** Values of the restriction switch. */
export const OPEN = 1;
export const BOUND = 2;

/** What a key says of itself, in the words of what a parent gives. Wallet: Get API Key Permission, 2026-10-15. */
const OWN_WORDS = flagsByAlias(descriptor.grants.value);

/** Scopes whose end a key may tell apart from its other rights. A key that has lost one is no longer what was declared. */
const ENDING: readonly Scope[] = ["spot", "margin"];

/** What the account must have for a flag, and how to say it. */
const NEEDED: readonly { readonly flag: string; readonly field: keyof StatusAnswer[0]; readonly product: string }[] = [
  { flag: "canFuturesTrade", field: "isFutureEnabled", product: "futures" },
  { flag: "canMarginLoanRepay", field: "isMarginEnabled", product: "margin" },
];

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function wantedFlags(spec: Pick<KeySpec, "scopes">): readonly string[] {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind === "exact") return plan.flags.filter((flag) => flag !== READ);
  throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
}

/** Every flag, said outright: what is left out of a change stays as it was. */
export function flagParams(flags: readonly string[]): Readonly<Record<string, boolean>> {
  const all = descriptor.grants.value.map((grant) => grant.flag).filter((flag) => flag !== READ);
  return Object.fromEntries(all.map((flag) => [flag, flags.includes(flag)]));
}

/** The restriction of a new key. */
export function addressParams(ipWhitelist: readonly string[]): Readonly<Record<string, string | number>> {
  return ipWhitelist.length === 0 ? { status: OPEN } : { status: BOUND, ipAddress: ipWhitelist.join(",") };
}

/** Values as they have to be sent: ccxt does not encode any of this part of the API, and the exchange signs what is encoded. */
export function encoded(params: Readonly<Record<string, string | number | boolean>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, encodeURIComponent(value)]));
}

/** The products that have to be enabled in the sub-account before a key gets these flags. */
export function productsFor(flags: readonly string[]): typeof NEEDED {
  return NEEDED.filter(({ flag }) => flags.includes(flag));
}

export function fromRow(row: KeyRow): ListedKey {
  return {
    apiKey: row.apikey,
    label: row.apiName,
    ...readScopes(descriptor.grants.value, [READ, ...heldFlags(row)]),
    expired: false,
  };
}

/** Every flag of a row that is on. */
export function heldFlags(row: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(row).flatMap(([name, value]) => (FLAG.test(name) && value === true ? [name] : []));
}

/** An open key may still carry a list, which then binds nothing. */
export function boundTo({ ipRestrict, ipList }: AddressesAnswer): readonly string[] {
  return ipRestrict === "true" ? (ipList ?? []) : [];
}

export function fromParent(parent: ParentAnswer): ParentFacts {
  const held = Object.entries(parent).filter(([name, value]) => value === true && name !== "ipRestrict");
  const flags = held.map(([name]) => OWN_WORDS.get(name) ?? name);
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flags);
  const end = scopes.some((scope) => ENDING.includes(scope)) ? parent.tradingAuthorityExpirationTime : undefined;
  return {
    scopes,
    ...foreignFlags(unknownFlags),
    ipWhitelist: [],
    ipBound: parent.ipRestrict,
    createdAt: new Date(parent.createTime).toISOString(),
    ...(end ? { expiresAt: new Date(end).toISOString() } : {}),
  };
}

/** The name that a virtual e-mail was made around. Any other e-mail is its own name. Create a Virtual Sub-account, 2026-11-22. */
export function nameOf(email: string): string {
  return /^(.+)_virtual@[^@]*noemail\.com$/.exec(email)?.[1] ?? email;
}

/** One whose status is not told has nothing enabled, as far as is known. */
export function fromSubAccount({ email, subUserId, isFreeze }: SubAccountRow, status: StatusRow | undefined): ObservedSubAccount {
  const products = status?.isFutureEnabled === true ? (["futures"] as const) : [];
  return { id: email, name: nameOf(email), uid: String(subUserId), frozen: isFreeze, products };
}

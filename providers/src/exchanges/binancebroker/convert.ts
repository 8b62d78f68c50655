import { KeyError } from "../../core/errors";
import { effectiveScopes, flagsByAlias, foreignFlags, readScopes } from "../../core/scopes";
import type { Scope } from "../../core/words";
import type { KeySpec, ListedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import type { AddressesAnswer, KeyRow, ParentAnswer, SubAccountRow } from "./types";

/** Every key reads. There is no flag to send. */
const READ = "read";

/** Set by a call of its own, and shown by no list. */
export const TRANSFER = "canUniversalTransfer";

/** Values of the restriction switch. */
const OPEN = "1";
const BOUND = "2";

/** What a key says of itself, in the words of what a parent gives. Wallet: Get API Key Permission, 2026-10-15. */
const OWN_WORDS = flagsByAlias(descriptor.grants.value);

/** What a key shall be able to do, as two calls have it. */
export interface Wanted {
  readonly trade: readonly string[];
  readonly transfer: boolean;
}

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function wantedFlags(spec: Pick<KeySpec, "scopes">): Wanted {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind !== "exact") {
    throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
  }
  const trade = plan.flags.filter((flag) => flag !== READ && flag !== TRANSFER);
  return { trade, transfer: plan.flags.includes(TRANSFER) };
}

/** All of them, said outright. */
export function flagParams(flags: readonly string[]): Readonly<Record<string, string>> {
  const all = descriptor.grants.value.map((grant) => grant.flag).filter((flag) => flag !== READ && flag !== TRANSFER);
  return Object.fromEntries(all.map((flag) => [flag, String(flags.includes(flag))]));
}

export function addressParams(ipWhitelist: readonly string[]): Readonly<Record<string, string>> {
  return ipWhitelist.length === 0 ? { status: OPEN } : { status: BOUND, ipAddress: ipWhitelist.join(",") };
}

export function fromRow(row: KeyRow): ListedKey {
  return {
    apiKey: row.apikey,
    label: "",
    ...readScopes(descriptor.grants.value, [READ, ...heldFlags(row)]),
    expired: false,
  };
}

/** Whatever a row affirms. */
export function heldFlags(row: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(row).flatMap(([name, value]) => (value === true || value === "true" ? [name] : []));
}

/** An open key may still carry a list, which then binds nothing. */
export function boundTo({ ipRestrict, ipList }: AddressesAnswer): readonly string[] {
  return ipRestrict === "true" ? (ipList ?? []) : [];
}

export function fromParent(parent: ParentAnswer): ParentFacts {
  const held = heldFlags(parent).filter((name) => name !== "ipRestrict");
  const flags = held.map((name) => OWN_WORDS.get(name) ?? name);
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flags);
  return {
    scopes,
    ...foreignFlags(unknownFlags),
    ipWhitelist: [],
    ipBound: parent.ipRestrict,
    createdAt: new Date(parent.createTime).toISOString(),
  };
}

/** One without a tag is called by its number, which no declared name can be. No answer tells whether it is frozen. */
export function fromSubAccount({ subaccountId, tag }: SubAccountRow, products: readonly Scope[]): ObservedSubAccount {
  return { id: subaccountId, name: tag || subaccountId, frozen: false, products };
}

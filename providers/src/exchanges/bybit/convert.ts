import { KeyError } from "../../core/errors";
import { effectiveScopes, foreignFlags, readScopes, type ScopeReading } from "../../core/scopes";
import type { Scope } from "../../core/words";
import type { KeySpec, ObservedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import type { Grant } from "../descriptor";
import { descriptor } from "./descriptor";
import type { KeyRow, MemberRow, ParentAnswer, Permissions } from "./types";

/** A key that only reads needs a group for each area it shall see. docs/v5/user/create-subuid-apikey, 2026-07-24. */
const READ_AREAS: readonly string[] = ["Spot:SpotTrade", "ContractTrade:Order,Position", "Options:OptionsTrade"];

/** How "no expiry" is written. docs/v5/user/apikey-info, 2026-07-24. */
const NEVER = 0;

/** What create and update take in common, complete. */
export interface WireSpec {
  readonly readOnly: 0 | 1;
  readonly permissions: Permissions;
  readonly ips: string;
}

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function toWire(spec: KeySpec): WireSpec {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind === "refused") {
    throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
  }
  const writing = plan.flags.filter((flag) => flag !== "read");
  const permissions = { ...emptyGroups(), ...groupsOf(writing.length === 0 ? READ_AREAS : writing) };
  const ips = spec.ipWhitelist.length === 0 ? "*" : spec.ipWhitelist.join(",");
  return { readOnly: writing.length === 0 ? 1 : 0, permissions, ips };
}

/** As {@link toWire}, and takes away the group that only an update can set, unless the exchange ties it to the futures groups. */
export function toWireUpdate(spec: KeySpec): WireSpec {
  const wire = toWire(spec);
  const futures = (wire.permissions.ContractTrade ?? []).length > 0;
  return futures ? wire : { ...wire, permissions: { ...wire.permissions, Derivatives: [] } };
}

export function fromWire(row: KeyRow): ObservedKey {
  return {
    apiKey: row.apiKey,
    label: row.note,
    ...readPermissions(descriptor.grants.value, row),
    ipWhitelist: row.ips,
    createdAt: new Date(row.createdAt).toISOString(),
    ...expiryOf(row.expiredAt),
    expired: row.status === 2,
  };
}

export function fromParent({ result }: ParentAnswer): ParentFacts {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readPermissions(grants, {
    readOnly: result.readOnly === 1,
    permissions: result.permissions,
  });
  return {
    isMaster: result.isMaster,
    scopes,
    ...foreignFlags(unknownFlags),
    ipWhitelist: result.ips,
    createdAt: new Date(result.createdAt).toISOString(),
    ...expiryOf(result.expiredAt),
  };
}

export function fromMember({ uid, username, status }: MemberRow): ObservedSubAccount {
  return { id: uid, name: username, frozen: status === 4 };
}

function expiryOf(expiredAt: string): { readonly expiresAt?: string } {
  const expiry = Date.parse(expiredAt);
  return expiry === NEVER ? {} : { expiresAt: new Date(expiry).toISOString() };
}

function readPermissions(grants: readonly Grant[], key: Pick<KeyRow, "readOnly" | "permissions">): ScopeReading {
  const readOnly: readonly Scope[] = ["read"];
  if (key.readOnly) return { scopes: readOnly, unknownFlags: [] };
  return readScopes(grants, ["read", ...flagsOf(grants, key.permissions)]);
}

/** Whole flags first, then each word that belongs to none of them. */
function flagsOf(grants: readonly Grant[], permissions: Permissions): readonly string[] {
  const words = new Set(Object.entries(permissions).flatMap(([group, values]) => values.map((word) => `${group}:${word}`)));
  // The exchange adds this group by itself, by account type. docs/v5/user/modify-sub-apikey, 2026-07-24.
  if ((permissions.ContractTrade ?? []).length > 0) words.delete("Derivatives:DerivativesTrade");
  const whole = grants.filter((grant) => wordsOf(grant.flag).length > 0 && wordsOf(grant.flag).every((word) => words.has(word)));
  const known = new Set(whole.flatMap((grant) => wordsOf(grant.flag)));
  return [...whole.map((grant) => grant.flag), ...[...words].filter((word) => !known.has(word))];
}

/** `Group:A,B` as `Group:A` and `Group:B`. Nothing for a flag without a group. */
function wordsOf(flag: string): readonly string[] {
  const [group, values] = flag.split(":");
  return values === undefined ? [] : values.split(",").map((value) => `${group}:${value}`);
}

function groupsOf(flags: readonly string[]): Permissions {
  const pairs = flags.map((flag) => flag.split(":"));
  return Object.fromEntries(pairs.map(([group = "", values = ""]) => [group, values.split(",")]));
}

function emptyGroups(): Permissions {
  const flags = descriptor.grants.value.map((grant) => grant.flag).filter((flag) => flag !== "read");
  return Object.fromEntries(Object.keys(groupsOf(flags)).map((group) => [group, []]));
}

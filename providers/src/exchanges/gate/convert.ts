import { DAY_MS } from "../../core/duration";
import { KeyError } from "../../core/errors";
import { effectiveScopes, foreignFlags, readScopes } from "../../core/scopes";
import type { KeySpec, ObservedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import type { DetailAnswer, KeyRow, MainKey, Permission, SubAccountRow } from "./types";

/** The classic account. The other, 2, is the old unified one. It can only be said when a key is made. */
const CLASSIC = 1;

/** Any other state means that the key, or the sub-account, does not work: frozen or locked, and documents disagree about which is which. */
const NORMAL = 1;

/** How a flag says that its group is read-only. */
const READ = ":read";

/** What create and update take in common, complete: whatever an update leaves out is cleared. */
export interface WireSpec {
  readonly mode: typeof CLASSIC;
  readonly name: string;
  readonly perms: readonly Permission[];
  /** Empty means no restriction. */
  readonly ip_whitelist: readonly string[];
}

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function toWire(spec: KeySpec): WireSpec {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind === "refused") {
    throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
  }
  return { mode: CLASSIC, name: spec.label, perms: permsOf(plan.flags), ip_whitelist: spec.ipWhitelist };
}

export function fromWire(row: KeyRow): ObservedKey {
  const createdAt = row.created_at * 1000;
  return {
    apiKey: row.key,
    label: row.name,
    ...readScopes(descriptor.grants.value, flagsOf(row.perms)),
    ipWhitelist: row.ip_whitelist,
    createdAt: new Date(createdAt).toISOString(),
    ...lifetime(row, createdAt),
    expired: false,
    blocked: row.state !== NORMAL,
  };
}

export function fromParent(key: MainKey): ParentFacts {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flagsOf(key.perms));
  return {
    // Keys of sub-accounts are not among the main account's.
    isMaster: true,
    scopes,
    ...foreignFlags([...unknownFlags, ...restrictionsOf(key)]),
    ipWhitelist: key.ip_whitelist,
    createdAt: new Date(key.created_at * 1000).toISOString(),
  };
}

/** A key of a sub-account tells whose it is, but not what it may do. */
export function fromDetail(detail: DetailAnswer): ParentFacts {
  return {
    isMaster: false,
    subAccount: detail.user_id,
    scopes: [],
    hides: ["scopes"],
    ...foreignFlags(restrictionsOf(detail)),
    ipWhitelist: detail.ip_whitelist,
  };
}

/** Markets that a person has kept a key to, as flags: our scopes have no word for them, and no call here can set them. */
function restrictionsOf({ currency_pairs }: Pick<DetailAnswer, "currency_pairs">): readonly string[] {
  return currency_pairs.map((pair) => `currency_pair:${pair}`);
}

/** No answer tells when a key ends. What is said of unbound keys is counted from their creation, the earliest it can be. */
function lifetime(row: KeyRow, createdAt: number): Pick<ObservedKey, "expiresAt"> {
  const days = descriptor.unboundExpiryDays?.value;
  if (days === undefined || row.ip_whitelist.length > 0) return {};
  return { expiresAt: new Date(createdAt + days * DAY_MS).toISOString() };
}

/** Each group once: with both of its flags it may write. */
function permsOf(flags: readonly string[]): readonly Permission[] {
  const groups = [...new Set(flags.map((flag) => flag.replace(READ, "")))];
  return groups.map((name) => ({ name, read_only: !flags.includes(name) }));
}

/** A group that may write reads too. */
function flagsOf(perms: readonly Permission[]): readonly string[] {
  const readable = new Set(descriptor.grants.value.map((grant) => grant.flag).filter((flag) => flag.endsWith(READ)));
  return perms.flatMap(({ name, read_only }) => {
    const reading = `${name}${READ}`;
    if (read_only) return [reading];
    return readable.has(reading) ? [reading, name] : [name];
  });
}

/** Whatever is not normal may not be used. */
export function fromSubAccount({ user_id, login_name, state }: SubAccountRow): ObservedSubAccount {
  return { id: String(user_id), name: login_name, frozen: state !== NORMAL };
}

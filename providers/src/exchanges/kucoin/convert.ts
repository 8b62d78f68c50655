import { KeyError } from "../../core/errors";
import { effectiveScopes, foreignFlags, readScopes } from "../../core/scopes";
import type { Scope } from "../../core/words";
import type { KeySpec, ObservedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import type { KeyRow, ParentAnswer, SubAccountRow } from "./types";

/** The status of a sub-account that may not do anything. */
const FROZEN = 3;

/** What create and modify take in common, complete. An empty `ipWhitelist` means none. */
export interface WireSpec {
  readonly permission: string;
  readonly ipWhitelist: string;
  /** Days. */
  readonly expire: string;
}

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function toWire(spec: KeySpec): WireSpec {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind === "refused") {
    throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
  }
  // What is left out may fall back to General, no addresses and no expiry: all of it is always sent.
  const expire = String(spec.lifetimeDays ?? descriptor.lifetimeDays.value.chosen);
  return { permission: plan.flags.join(","), ipWhitelist: spec.ipWhitelist.join(","), expire };
}

export function fromWire(row: KeyRow): ObservedKey {
  return {
    apiKey: row.apiKey,
    label: row.remark,
    ...readScopes(descriptor.grants.value, flagsOf(row.permission)),
    ipWhitelist: row.ipWhitelist,
    createdAt: new Date(row.createdAt).toISOString(),
    expired: false,
  };
}

export function fromParent({ data }: ParentAnswer): ParentFacts {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flagsOf(data.permission));
  const { isMaster, subName, expiredAt } = data;
  return {
    isMaster,
    ...(isMaster || subName === undefined ? {} : { subAccount: subName }),
    scopes,
    ...foreignFlags(unknownFlags),
    ipWhitelist: data.ipWhitelist,
    createdAt: new Date(data.createdAt).toISOString(),
    ...(expiredAt ? { expiresAt: new Date(expiredAt).toISOString() } : {}),
  };
}

/** `General` is always there, whether it is said or not. */
function flagsOf(permission: string): readonly string[] {
  const said = permission.split(",").map((flag) => flag.trim());
  return [...new Set(["General", ...said.filter((flag) => flag !== "")])];
}

/** As the exchange calls what has to be enabled. */
const PRODUCTS: readonly (readonly [word: string, product: Scope])[] = [
  ["Margin", "margin"],
  ["Futures", "futures"],
];

export function fromSubAccount({ subName, uid, status, tradeTypes }: SubAccountRow): ObservedSubAccount {
  const products = PRODUCTS.filter(([word]) => tradeTypes.includes(word)).map(([, product]) => product);
  return { id: subName, name: subName, uid: String(uid), frozen: status === FROZEN, products };
}

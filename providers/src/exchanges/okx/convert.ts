import { KeyError } from "../../core/errors";
import { effectiveScopes, flagsByAlias, foreignFlags, readScopes } from "../../core/scopes";
import type { KeySpec, ObservedKey, ObservedSubAccount, ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import type { KeyRow, ParentAnswer, SubAccountRow } from "./types";

/** A parent calls reading by another name than keys do. */
const OWN_WORDS = flagsByAlias(descriptor.grants.value);

/** What create and modify take in common, complete. An empty `ip` removes the binding. */
export interface WireSpec {
  readonly label: string;
  readonly perm: string;
  readonly ip: string;
}

/** @throws KeyError `InvalidInput` when the scopes cannot be given exactly */
export function toWire(spec: KeySpec): WireSpec {
  const plan = effectiveScopes(descriptor.grants.value, spec.scopes);
  if (plan.kind === "refused") {
    throw new KeyError({ kind: "InvalidInput", exchange: descriptor.id, message: "the scopes cannot be given exactly" });
  }
  return { label: spec.label, perm: plan.flags.join(","), ip: spec.ipWhitelist.join(",") };
}

export function fromWire(row: KeyRow): ObservedKey {
  return {
    apiKey: row.apiKey,
    label: row.label,
    ...readScopes(descriptor.grants.value, flagsOf(row.perm)),
    ipWhitelist: row.ip,
    createdAt: new Date(row.ts).toISOString(),
    expired: false,
  };
}

export function fromParent({ data: [parent] }: ParentAnswer): ParentFacts {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flagsOf(parent.perm));
  return {
    isMaster: parent.uid === parent.mainUid,
    scopes,
    ...foreignFlags(unknownFlags),
    ipWhitelist: parent.ip,
  };
}

export function fromSubAccount({ subAcct, uid, enable }: SubAccountRow): ObservedSubAccount {
  return { id: subAcct, name: subAcct, uid, frozen: !enable };
}

/**
 * `read_only` is always there, whether it is said or not, and one documented answer spells it `read`.
 * Sub-account: Reset the API Key of a sub-account, 2026-08-22.
 */
function flagsOf(perm: string): readonly string[] {
  const said = perm === "" ? [] : perm.split(",");
  return [...new Set(["read_only", ...said.map((flag) => OWN_WORDS.get(flag) ?? flag)])];
}

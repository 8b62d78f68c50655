import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import type { Permissions } from "./permissions";
import { type BybitKey, type BybitState, EXCHANGE } from "./state";

/** What a person may do on the web page: everything, within the shape of a key. */
export function edited<K extends Pick<BybitKey, "label" | "ips" | "readOnly" | "permissions">>(key: K, edit: KeyEdit): K {
  if (edit.perm !== undefined) throw new ControlRefusal(400, "this exchange has permissions and readOnly, not perm");
  return {
    ...key,
    label: edit.label ?? key.label,
    ips: edit.ips ?? key.ips,
    readOnly: edit.readOnly ?? key.readOnly,
    permissions: edit.permissions === undefined ? key.permissions : groups(edit.permissions),
  };
}

function groups(value: NonNullable<KeyEdit["permissions"]>): Permissions {
  if (typeof value === "string" || Array.isArray(value)) {
    throw new ControlRefusal(400, "permissions is an object of groups at this exchange");
  }
  return value;
}

export function toLivingKey(key: BybitKey & { subAccount: string }, state: BybitState): LivingKey {
  const expiresAt = state.expiresAt(key);
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: key.permissions,
    readOnly: key.readOnly,
    ips: key.ips,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    usable: !state.isExpired(key) && state.keys.standing(key.apiKey) !== "disabled",
    standing: state.keys.standing(key.apiKey),
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

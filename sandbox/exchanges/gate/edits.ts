import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { fromWords, type Permission, toWords } from "./permissions";
import { EXCHANGE, type GateKey, type GateState } from "./state";

/** What a person may do on the web page: everything, within the shape of a key. */
export function changesOf(edit: KeyEdit): Partial<Pick<GateKey, "label" | "ips" | "perms">> {
  if (edit.readOnly !== undefined) throw new ControlRefusal(400, "this exchange has read-only groups, not readOnly");
  const words = edit.perm ?? edit.permissions;
  return {
    ...(edit.label === undefined ? {} : { label: edit.label }),
    ...(edit.ips === undefined ? {} : { ips: edit.ips }),
    ...(words === undefined ? {} : { perms: readWords(words) }),
  };
}

function readWords(value: NonNullable<KeyEdit["permissions"]>): readonly Permission[] {
  const words = typeof value === "string" ? value.split(",") : value;
  const perms = Array.isArray(words) ? fromWords(words) : undefined;
  if (perms === undefined) throw new ControlRefusal(400, "permissions is a list such as spot, wallet:read at this exchange");
  return perms;
}

export function toLivingKey(key: GateKey & { subAccount: string }, state: GateState): LivingKey {
  const expiresAt = state.expiresAt(key);
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: toWords(key.perms),
    ips: key.ips,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    usable: state.isUsable(key),
    standing: state.keys.standing(key.apiKey),
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { type Permission, toPermission } from "./permissions";
import { EXCHANGE, type KucoinKey, type KucoinState } from "./state";

/** What a person may do on the web page: everything, within the shape of a key. */
export function changesOf(edit: KeyEdit): Partial<Pick<KucoinKey, "label" | "ips" | "permission">> {
  if (edit.readOnly !== undefined) throw new ControlRefusal(400, "this exchange has permission, not readOnly");
  const words = edit.permissions ?? edit.perm;
  return {
    ...(edit.label === undefined ? {} : { label: edit.label }),
    ...(edit.ips === undefined ? {} : { ips: edit.ips }),
    ...(words === undefined ? {} : { permission: readWords(words) }),
  };
}

function readWords(value: NonNullable<KeyEdit["permissions"]>): Permission {
  const words = typeof value === "string" ? value.split(",") : value;
  const permission = Array.isArray(words) ? toPermission(words) : undefined;
  if (permission === undefined) throw new ControlRefusal(400, "permission is a list of this exchange's words");
  return permission;
}

export function toLivingKey(key: KucoinKey & { subAccount: string }, state: KucoinState): LivingKey {
  const ends = [key.expiresAt, state.idleEnd(key)].filter((end) => end !== undefined);
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: key.permission.join(","),
    ips: key.ips,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString(),
    usable: state.keys.standing(key.apiKey) === "good",
    standing: state.keys.standing(key.apiKey),
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

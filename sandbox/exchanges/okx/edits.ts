import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { type Perm, toPerm } from "./permissions";
import { EXCHANGE, type OkxKey, type OkxState } from "./state";

/** What a person may do on the web page: everything, within the shape of a key. */
export function changesOf(edit: KeyEdit): Partial<Pick<OkxKey, "label" | "ips" | "perm">> {
  if (edit.readOnly !== undefined) throw new ControlRefusal(400, "this exchange has perm, not readOnly");
  const words = edit.perm ?? edit.permissions;
  return {
    ...(edit.label === undefined ? {} : { label: edit.label }),
    ...(edit.ips === undefined ? {} : { ips: edit.ips }),
    ...(words === undefined ? {} : { perm: readWords(words) }),
  };
}

function readWords(value: NonNullable<KeyEdit["permissions"]>): Perm {
  const words = typeof value === "string" ? value.split(",") : value;
  const perm = Array.isArray(words) ? toPerm(words) : undefined;
  if (perm === undefined) throw new ControlRefusal(400, "perm is a list of read_only, trade and withdraw at this exchange");
  return perm;
}

export function toLivingKey(key: OkxKey & { subAccount: string }, state: OkxState): LivingKey {
  const expiresAt = state.expiresAt(key);
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: key.perm.join(","),
    ips: key.ips,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    usable: state.keys.standing(key.apiKey) === "good",
    standing: state.keys.standing(key.apiKey),
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

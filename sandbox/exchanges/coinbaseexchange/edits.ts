import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { toPermissions } from "./permissions";
import { EXCHANGE, type ExchangeKey } from "./state";

/** What a person may do on the website. */
export function changesOf(edit: KeyEdit): Partial<Pick<ExchangeKey, "label" | "ips" | "perms">> {
  const { readOnly, perm, permissions, label, ips } = edit;
  if (readOnly !== undefined || perm !== undefined) throw new ControlRefusal(400, "this exchange has permissions only");
  return {
    ...(label === undefined ? {} : { label }),
    ...(ips === undefined ? {} : { ips }),
    ...(permissions === undefined ? {} : { perms: readWords(permissions) }),
  };
}

function readWords(value: NonNullable<KeyEdit["permissions"]>): ExchangeKey["perms"] {
  const perms = Array.isArray(value) ? toPermissions(value) : undefined;
  if (perms === undefined) throw new ControlRefusal(400, "permissions is a list of view, trade, transfer and manage here");
  return perms;
}

export function toLivingKey(key: ExchangeKey & { subAccount: string }): LivingKey {
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: key.perms,
    ips: key.ips,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: null,
    usable: true,
    standing: "good",
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

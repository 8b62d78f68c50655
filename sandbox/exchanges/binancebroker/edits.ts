import type { KeyEdit } from "../../control-schema";
import type { LivingKey } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { type Flag, toFlag } from "./permissions";
import { type BrokerKey, type BrokerState, EXCHANGE } from "./state";

type Changed = Pick<BrokerKey, "ips" | "bound" | "flags">;

/** What a person may do on the web page: everything, within the shape of a key. No addresses opens the key, and no key has a label. */
export function edited<K extends Changed>(key: K, edit: KeyEdit): K {
  if (edit.perm !== undefined || edit.readOnly !== undefined) {
    throw new ControlRefusal(400, "this exchange has permissions, neither perm nor readOnly");
  }
  const { ips, permissions } = edit;
  return {
    ...key,
    ...(ips === undefined ? {} : { ips, bound: ips.length > 0 }),
    flags: permissions === undefined ? key.flags : readFlags(permissions),
  };
}

function readFlags(value: NonNullable<KeyEdit["permissions"]>): readonly Flag[] {
  const words = Array.isArray(value) ? value : [];
  const flags = words.flatMap((word) => toFlag(word) ?? []);
  if (Array.isArray(value) && flags.length === words.length) return flags;
  throw new ControlRefusal(400, "permissions is a list of flags such as canTrade at this exchange");
}

export function toLivingKey(key: BrokerKey & { subAccount: string }, state: BrokerState): LivingKey {
  return {
    exchange: EXCHANGE,
    subAccount: key.subAccount,
    apiKey: key.apiKey,
    label: key.label,
    permissions: key.flags,
    ips: key.bound ? key.ips : [],
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: null,
    usable: state.keys.standing(key.apiKey) === "good",
    standing: state.keys.standing(key.apiKey),
    lastUsedAt: key.lastUsedAt === undefined ? null : new Date(key.lastUsedAt).toISOString(),
  };
}

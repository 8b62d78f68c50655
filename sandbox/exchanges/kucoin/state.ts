import { randomInt, randomUUID } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { type KeyRecord, KeyStore } from "../../key-store";
import { type Permission, TRADES } from "./permissions";

export const EXCHANGE = "kucoin";

/** What the sandbox's sub-accounts are called at the start. */
const SUB_ACCOUNTS = ["mmbot001", "arbbot001", "mmbot002", "arbbot002", "mmbot003", "arbbot003", "mmbot004", "arbbot004"];
const DAY = 86_400_000;
/** A trading key without addresses loses that right, or is deleted, after so long without use. */
const IDLE_LIFETIME = 30 * DAY;

export interface KucoinKey extends KeyRecord {
  readonly passphrase: string;
  readonly permission: Permission;
  /** Days as they were asked for last; -1 for a key that does not expire. */
  readonly expire: number;
  readonly expiresAt?: number;
  /** When the key became one that idleness ends. Its own uses count from `lastUsedAt`. */
  readonly unboundSince: number;
}

/** What a sub-account trades. Spot, always. */
export type Product = "Spot" | "Margin" | "Futures";

export interface SubAccount {
  readonly name: string;
  readonly uid: number;
  readonly access: readonly Product[];
  readonly remarks: string;
  readonly createdAt: number;
  readonly frozen?: boolean;
}

export type KeyDraft = Pick<KucoinKey, "subAccount" | "label" | "ips" | "permission" | "passphrase" | "expire"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated KuCoin. */
export class KucoinState {
  readonly keys: KeyStore<KucoinKey>;
  readonly subAccounts = new Map<string, SubAccount>();
  readonly masterUid = uid();
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (const name of SUB_ACCOUNTS) this.addSubAccount({ name, access: ["Spot", "Margin", "Futures"], remarks: "" });
    const parent = this.make({
      subAccount: undefined,
      label: "parent",
      ips: ["127.0.0.1"],
      permission: ["General", "Margin", "Futures"],
      passphrase: randomText(16),
      expire: -1,
    });
    this.parentKey = parent.apiKey;
  }

  addSubAccount(subAccount: Pick<SubAccount, "name" | "access" | "remarks">): SubAccount {
    const added = { ...subAccount, uid: uid(), createdAt: this.world.clock.now() };
    this.subAccounts.set(added.name, added);
    return added;
  }

  /** Gives a new key its public id and secret. */
  make({ was, ...draft }: KeyDraft): KucoinKey {
    const createdAt = madeAt(was, this.world.clock);
    const { apiKey = randomText(24, "0123456789abcdef"), secret = randomUUID(), passphrase = draft.passphrase } = was ?? {};
    const expire = was?.expiresAt === undefined ? draft.expire : Math.round((Date.parse(was.expiresAt) - createdAt) / DAY);
    const born = { ...draft, apiKey, secret, passphrase, expire, createdAt, unboundSince: createdAt };
    const key = { ...born, ...deadline(expire, createdAt) };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /**
   * Puts the changed key in the place of the old one. Whether an expiry starts anew with a change is undocumented; here only another
   * number of days does that, so that nobody lives on by sending the same again.
   */
  change(old: KucoinKey, changes: Partial<Pick<KucoinKey, "label" | "ips" | "permission" | "expire">>): KucoinKey {
    const now = this.world.clock.now();
    const { expiresAt, ...rest } = old;
    const expire = changes.expire ?? old.expire;
    const kept = expiresAt === undefined ? {} : { expiresAt };
    const changed = { ...rest, ...changes, ...(expire === old.expire ? kept : deadline(expire, now)) };
    const started = endsWhenIdle(changed) && !endsWhenIdle(old);
    const key = started ? { ...changed, unboundSince: now } : changed;
    this.keys.put(key);
    return key;
  }

  uidOf(key: KucoinKey): number {
    const owner = key.subAccount === undefined ? undefined : this.subAccounts.get(key.subAccount);
    return owner?.uid ?? this.masterUid;
  }

  /** When idleness strikes unless the key is used before. `undefined` when it never does. */
  idleEnd(key: KucoinKey): number | undefined {
    return endsWhenIdle(key) ? Math.max(key.unboundSince, key.lastUsedAt ?? 0) + IDLE_LIFETIME : undefined;
  }

  /** Expired keys are gone from every list, which is undocumented; idle ones are gone or trade no more, which is documented as either. */
  forgetEnded(): void {
    const now = this.world.clock.now();
    const past = (end: number | undefined) => (end ?? Number.POSITIVE_INFINITY) <= now;
    for (const key of this.keys.all()) {
      if (past(key.expiresAt)) this.keys.remove(key.apiKey);
      else if (past(this.idleEnd(key))) this.#endIdle(key);
    }
  }

  #endIdle(key: KucoinKey): void {
    if (this.world.random.chance()) this.keys.remove(key.apiKey);
    else this.change(key, { permission: key.permission.filter((word) => !TRADES.includes(word)) });
  }
}

/** The parent's own key is spared, or a sandbox could not outlive a move of its clock. */
function endsWhenIdle(key: Pick<KucoinKey, "subAccount" | "ips" | "permission">): boolean {
  return key.subAccount !== undefined && key.ips.length === 0 && key.permission.some((word) => TRADES.includes(word));
}

function deadline(days: number, now: number): { readonly expiresAt?: number } {
  return days === -1 ? {} : { expiresAt: now + days * DAY };
}

function uid(): number {
  return 10 ** 8 + randomInt(10 ** 8);
}

import { randomInt, randomUUID } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { type KeyRecord, KeyStore } from "../../key-store";
import type { Perm } from "./permissions";

export const EXCHANGE = "okx";

/** What the sandbox's sub-accounts are called at the start. */
const SUB_ACCOUNTS = ["mmbot001", "arbbot001", "mmbot002", "arbbot002", "mmbot003", "arbbot003", "mmbot004", "arbbot004"];
/** A trading key without addresses is deleted after so long without use. */
const IDLE_LIFETIME = 14 * 86_400_000;

export interface OkxKey extends KeyRecord {
  readonly passphrase: string;
  readonly perm: Perm;
  /** When the key became one that idleness ends. Its own uses count from `lastUsedAt`. */
  readonly unboundSince: number;
}

export interface SubAccount {
  readonly name: string;
  readonly uid: string;
  readonly label: string;
  readonly type: string;
  readonly createdAt: number;
  readonly frozen?: boolean;
}

export type KeyDraft = Pick<OkxKey, "subAccount" | "label" | "ips" | "perm" | "passphrase"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated OKX. */
export class OkxState {
  readonly keys: KeyStore<OkxKey>;
  readonly subAccounts = new Map<string, SubAccount>();
  readonly masterUid = uid();
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (const name of SUB_ACCOUNTS) this.addSubAccount({ name, label: "", type: "1" });
    const parent = this.make({
      subAccount: undefined,
      label: "parent",
      ips: ["127.0.0.1"],
      perm: ["read_only", "trade"],
      passphrase: randomPassphrase(),
    });
    this.parentKey = parent.apiKey;
  }

  addSubAccount(subAccount: Pick<SubAccount, "name" | "label" | "type">): SubAccount {
    const added = { ...subAccount, uid: uid(), createdAt: this.world.clock.now() };
    this.subAccounts.set(added.name, added);
    return added;
  }

  /** Gives a new key its public id and secret. */
  make({ was, ...draft }: KeyDraft): OkxKey {
    const createdAt = madeAt(was, this.world.clock);
    const { apiKey = randomUUID(), secret = randomText(32, "0123456789ABCDEF"), passphrase = draft.passphrase } = was ?? {};
    const key: OkxKey = { ...draft, apiKey, secret, passphrase, createdAt, unboundSince: createdAt };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(old: OkxKey, changes: Partial<Pick<OkxKey, "label" | "ips" | "perm">>): OkxKey {
    const changed = { ...old, ...changes };
    const started = endsWhenIdle(changed) && !endsWhenIdle(old);
    const key = started ? { ...changed, unboundSince: this.world.clock.now() } : changed;
    this.keys.put(key);
    return key;
  }

  uidOf(key: OkxKey): string {
    const owner = key.subAccount === undefined ? undefined : this.subAccounts.get(key.subAccount);
    return owner?.uid ?? this.masterUid;
  }

  /** When the key vanishes unless it is used before. `undefined` when idleness does not end it. */
  expiresAt(key: OkxKey): number | undefined {
    return endsWhenIdle(key) ? Math.max(key.unboundSince, key.lastUsedAt ?? 0) + IDLE_LIFETIME : undefined;
  }

  /** Deletes what idleness has ended: such keys are in no list any more. */
  forgetIdle(): void {
    const now = this.world.clock.now();
    for (const key of this.keys.all()) {
      if ((this.expiresAt(key) ?? Number.POSITIVE_INFINITY) <= now) this.keys.remove(key.apiKey);
    }
  }
}

/** The parent's own key is spared, or a sandbox could not outlive a move of its clock. */
function endsWhenIdle(key: Pick<OkxKey, "subAccount" | "ips" | "perm">): boolean {
  return key.subAccount !== undefined && key.ips.length === 0 && key.perm.includes("trade");
}

function uid(): string {
  return String(10 ** 14 + randomInt(10 ** 14));
}

/** Of a form that the exchange itself would take. */
export function randomPassphrase(): string {
  return `${randomText(28)}aA1!`;
}

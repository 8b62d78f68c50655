import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { type KeyRecord, KeyStore } from "../../key-store";
import { allPerms, type Permission } from "./permissions";

export const EXCHANGE = "gate";

/** What the sandbox's sub-accounts are called at the start. */
const FIRST_UID = 2_000_001;
const SUB_ACCOUNTS = 8;
const DAY = 86_400_000;
/** After this long a key without addresses does not work any more. */
const UNBOUND_LIFETIME = 90 * DAY;
const HEXADECIMAL = "0123456789abcdef";

export interface GateKey extends KeyRecord {
  readonly perms: readonly Permission[];
  /** 1 is the classic account, 2 the old unified one. */
  readonly mode: 1 | 2;
  readonly updatedAt: number;
}

export interface SubAccount {
  readonly uid: string;
  readonly loginName: string;
  readonly remark: string;
  readonly createdAt: number;
  readonly frozen?: boolean;
}

export type KeyDraft = Pick<GateKey, "subAccount" | "label" | "ips" | "perms" | "mode"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated Gate. */
export class GateState {
  readonly keys: KeyStore<GateKey>;
  readonly subAccounts = new Map<string, SubAccount>();
  readonly mainUid = String(FIRST_UID - 1);
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (let uid = FIRST_UID; uid < FIRST_UID + SUB_ACCOUNTS; uid += 1) {
      this.addSubAccount({ uid: String(uid), loginName: `subacct_${uid}`, remark: "" });
    }
    const main = { subAccount: undefined, mode: 1 } as const;
    const parent = this.make({ ...main, label: "parent", ips: ["127.0.0.1"], perms: allPerms() });
    this.parentKey = parent.apiKey;
    // Another key of the main account, which is easily taken for the parent's by a careless reader.
    this.make({ ...main, label: "by hand", ips: [], perms: [...allPerms(), { name: "withdrawal", read_only: false }] });
  }

  addSubAccount(subAccount: Omit<SubAccount, "createdAt">): SubAccount {
    const added = { ...subAccount, createdAt: this.world.clock.now() };
    this.subAccounts.set(added.uid, added);
    return added;
  }

  /** Gives a new key its public id and secret. */
  make({ was, ...draft }: KeyDraft): GateKey {
    const createdAt = madeAt(was, this.world.clock);
    const { apiKey = randomText(32, HEXADECIMAL), secret = randomText(64, HEXADECIMAL) } = was ?? {};
    const key: GateKey = { ...draft, apiKey, secret, createdAt, updatedAt: createdAt };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(old: GateKey, changes: Partial<Pick<GateKey, "label" | "ips" | "perms">>): GateKey {
    const key = { ...old, ...changes, updatedAt: this.world.clock.now() };
    this.keys.put(key);
    return key;
  }

  /** The account a key acts for. */
  uidOf(key: GateKey): string {
    return key.subAccount ?? this.mainUid;
  }

  /** `undefined` for a permanent key. Keys of the main account are spared, or a sandbox could not outlive a move of its clock. */
  expiresAt(key: GateKey): number | undefined {
    return key.subAccount !== undefined && key.ips.length === 0 ? key.createdAt + UNBOUND_LIFETIME : undefined;
  }

  isLocked({ subAccount }: Pick<GateKey, "subAccount">): boolean {
    return subAccount !== undefined && this.subAccounts.get(subAccount)?.frozen === true;
  }

  /** Whether calls of the key are taken, but for a lock of its sub-account. */
  isUsable(key: GateKey): boolean {
    if (this.keys.standing(key.apiKey) !== "good") return false;
    return (this.expiresAt(key) ?? Number.POSITIVE_INFINITY) > this.world.clock.now();
  }
}

import { randomInt } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { type KeyRecord, KeyStore } from "../../key-store";
import { type Permissions, withServerGroups } from "./permissions";

export const EXCHANGE = "bybit";

/** What the sandbox's sub-accounts are called at the start. */
const FIRST_UID = 100_001;
const SUB_ACCOUNTS = 8;
const DAY = 86_400_000;
/** After this long a key without addresses is invalid. */
const UNBOUND_LIFETIME = 90 * DAY;
/** For so long before its end a key is said to expire soon. */
const EXPIRES_SOON = 7 * DAY;

export interface BybitKey extends KeyRecord {
  /** Internal to the exchange. */
  readonly id: string;
  readonly readOnly: 0 | 1;
  readonly permissions: Permissions;
}

export interface SubMember {
  readonly uid: string;
  readonly username: string;
  readonly memberType: 1 | 6;
  readonly remark: string;
  readonly frozen?: boolean;
}

export type KeyDraft = Pick<BybitKey, "subAccount" | "label" | "ips" | "readOnly" | "permissions"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated Bybit. */
export class BybitState {
  readonly keys: KeyStore<BybitKey>;
  readonly members = new Map<string, SubMember>();
  readonly masterUid = "100000";
  readonly parentKey: string;
  #nextId = 1_000_000 + randomInt(1_000_000);

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (let uid = FIRST_UID; uid < FIRST_UID + SUB_ACCOUNTS; uid += 1) {
      this.addMember({ uid: String(uid), username: `subacct${uid}`, memberType: 1, remark: "" });
    }
    const parent = this.make({
      subAccount: undefined,
      label: "parent",
      ips: ["127.0.0.1"],
      readOnly: 0,
      permissions: { Wallet: ["AccountTransfer", "SubMemberTransfer"] },
    });
    this.parentKey = parent.apiKey;
  }

  addMember(member: SubMember): void {
    this.members.set(member.uid, member);
  }

  /** Gives a new key its public id and secret. */
  make({ was, ...draft }: KeyDraft): BybitKey {
    const key: BybitKey = {
      ...draft,
      permissions: withServerGroups(draft.permissions),
      id: String(this.#nextId++),
      apiKey: was?.apiKey ?? randomText(18),
      secret: was?.secret ?? randomText(36),
      createdAt: madeAt(was, this.world.clock),
    };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(key: BybitKey): BybitKey {
    const changed = { ...key, permissions: withServerGroups(key.permissions) };
    this.keys.put(changed);
    return changed;
  }

  /** The account a key acts for. */
  uidOf(key: BybitKey): string {
    return key.subAccount ?? this.masterUid;
  }

  /** `undefined` for a permanent key. */
  expiresAt(key: BybitKey): number | undefined {
    return key.ips.length === 0 ? key.createdAt + UNBOUND_LIFETIME : undefined;
  }

  isExpired(key: BybitKey): boolean {
    return (
      this.keys.standing(key.apiKey) === "ended" || (this.expiresAt(key) ?? Number.POSITIVE_INFINITY) <= this.world.clock.now()
    );
  }

  /** 1 permanent, 2 expired, 3 valid, 4 expires within seven days. */
  statusOf(key: BybitKey): 1 | 2 | 3 | 4 {
    if (this.isExpired(key)) return 2;
    const expiresAt = this.expiresAt(key);
    if (expiresAt === undefined) return 1;
    return expiresAt - this.world.clock.now() <= EXPIRES_SOON ? 4 : 3;
  }
}

import { randomInt } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { KeyStore } from "../../key-store";
import type { FamilyKey } from "../binance/signature";
import type { Flag } from "./permissions";

export const EXCHANGE = "binancebroker";

/** The sandbox's sub-accounts at the start, numbered from this. Futures and margin are enabled in the second of each pair. */
const FIRST_SUB_ACCOUNT = 485_396_905_001;
const SUB_ACCOUNTS = 8;

export interface BrokerKey extends FamilyKey {
  readonly flags: readonly Flag[];
}

export interface SubAccount {
  readonly id: string;
  readonly email: string;
  /** What its maker calls it; may be empty, and that of others too. */
  readonly tag: string;
  readonly uid: number;
  readonly futures: boolean;
  readonly margin: boolean;
  readonly createdAt: number;
}

export type KeyDraft = Pick<BrokerKey, "subAccount" | "label" | "ips" | "flags" | "bound" | "publicKey"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated broker at Binance. */
export class BrokerState {
  readonly exchange = EXCHANGE;
  readonly keys: KeyStore<BrokerKey>;
  readonly subAccounts = new Map<string, SubAccount>();
  readonly masterUid = uid();
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (let index = 0; index < SUB_ACCOUNTS; index += 1) {
      const enabled = index % 2 === 1;
      this.addSubAccount(String(FIRST_SUB_ACCOUNT + index), { futures: enabled, margin: enabled });
    }
    const parent = this.make({ subAccount: undefined, label: "parent", ips: ["127.0.0.1"], flags: ["canTrade"], bound: true });
    this.parentKey = parent.apiKey;
  }

  addSubAccount(id: string, { tag = "", ...enabled }: Pick<SubAccount, "futures" | "margin"> & { tag?: string }): SubAccount {
    const email = `${id}_brokersubuser@sandbox.invalid`;
    const added = { id, email, tag, ...enabled, uid: uid(), createdAt: this.world.clock.now() };
    this.subAccounts.set(id, added);
    return added;
  }

  /** Gives a new key its public id, and a secret unless it comes with a public key. */
  make({ was, ...draft }: KeyDraft): BrokerKey {
    const key: BrokerKey = {
      ...draft,
      apiKey: was?.apiKey ?? randomText(64),
      secret: draft.publicKey === undefined ? (was?.secret ?? randomText(64)) : "",
      createdAt: madeAt(was, this.world.clock),
    };
    this.keys.put(key);
    if (key.publicKey === undefined) this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(key: BrokerKey): BrokerKey {
    this.keys.put(key);
    return key;
  }

  /** The account a key acts for. */
  uidOf(key: BrokerKey): number {
    const owner = key.subAccount === undefined ? undefined : this.subAccounts.get(key.subAccount);
    return owner?.uid ?? this.masterUid;
  }
}

function uid(): number {
  return randomInt(100_000_000, 1_000_000_000);
}

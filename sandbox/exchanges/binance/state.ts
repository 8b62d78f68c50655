import { randomInt } from "node:crypto";
import type { FormerKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { madeAt } from "../../former-key";
import { KeyStore } from "../../key-store";
import type { Flag } from "./permissions";
import type { FamilyKey } from "./signature";

export const EXCHANGE = "binance";

/** What the sandbox's sub-accounts are called at the start. Futures and margin are enabled in the second of each pair. */
const SUB_ACCOUNTS = ["mmbot001", "arbbot001", "mmbot002", "arbbot002", "mmbot003", "arbbot003", "mmbot004", "arbbot004"];
const DOMAIN = "sandboxnoemail.com";

export interface BinanceKey extends FamilyKey {
  readonly flags: readonly Flag[];
}

export interface SubAccount {
  readonly email: string;
  readonly uid: number;
  readonly futures: boolean;
  readonly margin: boolean;
  readonly createdAt: number;
  readonly frozen?: boolean;
}

export type KeyDraft = Pick<BinanceKey, "subAccount" | "label" | "ips" | "flags" | "bound" | "publicKey"> & {
  readonly was?: FormerKey | undefined;
};

/** Accounts and keys of one emulated Binance. */
export class BinanceState {
  readonly exchange = EXCHANGE;
  readonly keys: KeyStore<BinanceKey>;
  readonly subAccounts = new Map<string, SubAccount>();
  readonly masterUid = uid();
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (const [index, name] of SUB_ACCOUNTS.entries()) {
      const enabled = index % 2 === 1;
      this.addSubAccount(`${name}_virtual@${DOMAIN}`, { futures: enabled, margin: enabled });
    }
    const parent = this.make({ subAccount: undefined, label: "parent", ips: ["127.0.0.1"], flags: ["canTrade"], bound: true });
    this.parentKey = parent.apiKey;
  }

  addSubAccount(email: string, enabled: Pick<SubAccount, "futures" | "margin">): SubAccount {
    const added = { email, ...enabled, uid: uid(), createdAt: this.world.clock.now() };
    this.subAccounts.set(email, added);
    return added;
  }

  /** Gives a new key its public id, and a secret unless it comes with a public key. */
  make({ was, ...draft }: KeyDraft): BinanceKey {
    const key: BinanceKey = {
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
  change(key: BinanceKey): BinanceKey {
    this.keys.put(key);
    return key;
  }

  /** The account a key acts for. */
  uidOf(key: BinanceKey): number {
    const owner = key.subAccount === undefined ? undefined : this.subAccounts.get(key.subAccount);
    return owner?.uid ?? this.masterUid;
  }
}

function uid(): number {
  return randomInt(100_000_000, 1_000_000_000);
}

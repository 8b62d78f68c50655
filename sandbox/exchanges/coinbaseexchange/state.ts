import { randomBytes, randomUUID } from "node:crypto";
import { randomText } from "../../credentials";
import type { World } from "../../exchange";
import { type KeyRecord, KeyStore } from "../../key-store";
import type { Permission } from "./permissions";

export const EXCHANGE = "coinbaseexchange";

const PROFILES = 8;

/** A key of no profile by name is one of the default profile, and the parent's. */
export interface ExchangeKey extends KeyRecord {
  readonly passphrase: string;
  readonly perms: readonly Permission[];
}

export type KeyDraft = Pick<ExchangeKey, "subAccount" | "label" | "ips" | "perms">;

/** Profiles and keys of one emulated user of Coinbase Exchange. */
export class ExchangeState {
  readonly keys: KeyStore<ExchangeKey>;
  /** By UUID, without the default one. */
  readonly profiles = new Set<string>();
  readonly defaultProfile = randomUUID();
  readonly parentKey: string;

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (let number = 1; number <= PROFILES; number += 1) this.profiles.add(`00000000-0000-4000-9000-00000000000${number}`);
    const parent = { subAccount: undefined, label: "parent", ips: ["127.0.0.1"], perms: ["view", "trade"] } as const;
    this.parentKey = this.make(parent).apiKey;
  }

  /** Gives a new key its public id and secret, and the passphrase that a person would choose. */
  make(draft: KeyDraft): ExchangeKey {
    const [apiKey, secret, passphrase] = [randomText(32, "0123456789abcdef"), randomBytes(64).toString("base64"), randomText(12)];
    const key = { ...draft, apiKey, secret, passphrase, createdAt: this.world.clock.now() };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(old: ExchangeKey, changes: Partial<Pick<ExchangeKey, "label" | "ips" | "perms">>): ExchangeKey {
    const key = { ...old, ...changes };
    this.keys.put(key);
    return key;
  }

  profileOf(key: ExchangeKey): string {
    return key.subAccount ?? this.defaultProfile;
  }
}

import { randomUUID } from "node:crypto";
import type { World } from "../../exchange";
import { type KeyRecord, KeyStore } from "../../key-store";
import { type Algorithm, type KeyPair, makeKeyPair } from "./key-pair";
import type { Permission } from "./permissions";

export const EXCHANGE = "coinbase";

const PORTFOLIOS = 8;

/** A key of no portfolio by name is one of the default portfolio, and the parent's. */
export interface CoinbaseKey extends KeyRecord, KeyPair {
  readonly perms: readonly Permission[];
}

export interface KeyDraft extends Pick<CoinbaseKey, "subAccount" | "label" | "ips" | "perms"> {
  readonly algorithm: Algorithm;
}

/** Portfolios and keys of one emulated user of Advanced Trade. */
export class CoinbaseState {
  readonly keys: KeyStore<CoinbaseKey>;
  /** By UUID, without the default one. */
  readonly portfolios = new Set<string>();
  readonly defaultPortfolio = randomUUID();
  readonly parentKey: string;
  readonly #organization = randomUUID();

  constructor(readonly world: World) {
    this.keys = new KeyStore(world.clock);
    for (let number = 1; number <= PORTFOLIOS; number += 1) this.portfolios.add(`00000000-0000-4000-8000-00000000000${number}`);
    const bound = { label: "parent", ips: ["127.0.0.1"], perms: ["view", "trade"] } as const;
    this.parentKey = this.make({ ...bound, subAccount: undefined, algorithm: "ES256" }).apiKey;
  }

  /** Gives a new key its public id and key pair. */
  make({ algorithm, ...draft }: KeyDraft): CoinbaseKey {
    const id = randomUUID();
    const apiKey = algorithm === "ES256" ? `organizations/${this.#organization}/apiKeys/${id}` : id;
    const key = { ...draft, ...makeKeyPair(algorithm), apiKey, createdAt: this.world.clock.now() };
    this.keys.put(key);
    this.world.ledger.record(EXCHANGE, key);
    return key;
  }

  /** Puts the changed key in the place of the old one. */
  change(old: CoinbaseKey, changes: Partial<Pick<CoinbaseKey, "label" | "ips" | "perms">>): CoinbaseKey {
    const key = { ...old, ...changes };
    this.keys.put(key);
    return key;
  }
}

import type { SandboxClock } from "./clock";
import type { Staleness } from "./exchange";
import type { Standing } from "./standing";

/** What a key is at every exchange. Records are never changed, only replaced, so that old lists stay what they were. */
export interface KeyRecord {
  readonly apiKey: string;
  readonly secret: string;
  /** `undefined` for the parent's own key. */
  readonly subAccount: string | undefined;
  readonly label: string;
  readonly ips: readonly string[];
  /** Milliseconds, as is `lastUsedAt`. */
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

interface Snapshot<K> {
  /** When the change came that ended this state. */
  readonly until: number;
  readonly keys: readonly K[];
}

const SNAPSHOTS = 100;

/** The living keys of one exchange, and what the lists of each sub-account were before their latest changes. */
export class KeyStore<K extends KeyRecord> {
  readonly #keys = new Map<string, K>();
  readonly #everKnown = new Set<string>();
  readonly #history = new Map<string, Snapshot<K>[]>();
  /** Of keys that are not in good standing. */
  readonly #standings = new Map<string, Standing>();

  constructor(private readonly clock: SandboxClock) {}

  get(apiKey: string): K | undefined {
    return this.#keys.get(apiKey);
  }

  /** A key that calls are taken from: one that is disabled or has ended is as one that there is not. */
  served(apiKey: string): K | undefined {
    return this.standing(apiKey) === "good" ? this.get(apiKey) : undefined;
  }

  standing(apiKey: string): Standing {
    return this.#standings.get(apiKey) ?? "good";
  }

  setStanding(apiKey: string, standing: Standing): void {
    this.#standings.set(apiKey, standing);
  }

  /** Whether this text is or was the public id of a key. */
  wasKnown(apiKey: string): boolean {
    return this.#everKnown.has(apiKey);
  }

  all(): readonly K[] {
    return [...this.#keys.values()];
  }

  /** In order of creation. */
  of(subAccount: string, stale?: Staleness): readonly K[] {
    const snapshots = this.#history.get(subAccount) ?? [];
    const since = this.clock.now() - (stale?.kind === "age" ? stale.ms : 0);
    const past = stale?.kind === "change" ? snapshots.at(-1) : snapshots.find(({ until }) => until > since);
    if (stale !== undefined && past !== undefined) return past.keys;
    return this.all().filter((key) => key.subAccount === subAccount);
  }

  /** Adds the key, or puts it in the place of the one with its public id. */
  put(key: K): void {
    this.#remember(key.subAccount);
    this.#everKnown.add(key.apiKey);
    this.#keys.set(key.apiKey, key);
  }

  /** Notes a use. That is no change of the list. */
  touch(key: K): K {
    const used = { ...key, lastUsedAt: this.clock.now() };
    this.#keys.set(key.apiKey, used);
    return used;
  }

  remove(apiKey: string): void {
    this.#remember(this.#keys.get(apiKey)?.subAccount);
    this.#keys.delete(apiKey);
  }

  #remember(subAccount: string | undefined): void {
    if (subAccount === undefined) return;
    const snapshots = this.#history.get(subAccount) ?? [];
    snapshots.push({ until: this.clock.now(), keys: this.of(subAccount) });
    this.#history.set(subAccount, snapshots.slice(-SNAPSHOTS));
  }
}

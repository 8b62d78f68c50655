import type { KeyAdapter, ObservedKey } from "../exchanges/adapter";

/** How old a listing may be, counted from when it began, to answer a read. */
const REUSE_MS = 5000;

type Keys = readonly ObservedKey[];

/** An adapter whose listings are shared by everybody who reads one sub-account. */
export interface SharedAdapter extends KeyAdapter {
  /** Every key, by a listing that begins after this call. @throws as `list` */
  fresh(subAccount: string): Promise<Keys>;
}

/** A listing that has begun. */
interface Begun {
  readonly keys: Promise<Keys>;
  readonly at: number;
  done: boolean;
}

interface Shelf {
  begun?: Begun;
  /** Waits for the one under way to end; whoever asks meanwhile shares it. */
  next?: Promise<Keys>;
}

/** Listings by sub-account: between changes one under way at most and one waiting, and none used after a change that it may not show. */
export class SharedListings {
  readonly #shelves = new Map<string, Shelf>();
  readonly #load: (subAccount: string) => Promise<Keys>;
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(load: (subAccount: string) => Promise<Keys>, now: () => number = () => performance.now()) {
    this.#load = load;
    this.#now = now;
  }

  /** May be up to five seconds old, but never older than the last change made here. */
  list(subAccount: string): Promise<Keys> {
    const { begun } = this.#shelf(subAccount);
    const usable = begun !== undefined && (!begun.done || this.#now() - begun.at <= REUSE_MS);
    return usable ? begun.keys : this.fresh(subAccount);
  }

  /** By a listing that begins after this call. */
  fresh(subAccount: string): Promise<Keys> {
    const shelf = this.#shelf(subAccount);
    if (shelf.next !== undefined) return shelf.next;
    if (shelf.begun === undefined || shelf.begun.done) return this.#begin(subAccount);
    const next = shelf.begun.keys.then(
      () => this.#begin(subAccount),
      () => this.#begin(subAccount),
    );
    shelf.next = next;
    return next;
  }

  /** Call before and after every change: no listing that has begun by now is given to later callers. */
  changed(subAccount: string): void {
    delete this.#shelf(subAccount).begun;
  }

  #shelf(subAccount: string): Shelf {
    const shelf = this.#shelves.get(subAccount) ?? {};
    this.#shelves.set(subAccount, shelf);
    return shelf;
  }

  #begin(subAccount: string): Promise<Keys> {
    const shelf = this.#shelf(subAccount);
    delete shelf.next;
    const begun: Begun = { keys: this.#load(subAccount), at: this.#now(), done: false };
    shelf.begun = begun;
    begun.keys.then(
      () => {
        begun.done = true;
      },
      () => {
        // A failed listing is nobody's answer but of those who asked for it.
        begun.done = true;
        if (shelf.begun === begun) delete shelf.begun;
      },
    );
    return begun.keys;
  }
}

/** The same adapter with shared listings. */
export function sharing(
  adapter: KeyAdapter,
  listings = new SharedListings((subAccount) => adapter.list(subAccount)),
): SharedAdapter {
  const changing = async <T>(subAccount: string, change: () => Promise<T>): Promise<T> => {
    listings.changed(subAccount);
    try {
      return await change();
    } finally {
      listings.changed(subAccount);
    }
  };
  return {
    ...adapter,
    list: (subAccount) => listings.list(subAccount),
    fresh: (subAccount) => listings.fresh(subAccount),
    issue: (subAccount, spec) => changing(subAccount, () => adapter.issue(subAccount, spec)),
    set: (subAccount, apiKey, spec) => changing(subAccount, () => adapter.set(subAccount, apiKey, spec)),
    revoke: (subAccount, apiKey, passphrase) => changing(subAccount, () => adapter.revoke(subAccount, apiKey, passphrase)),
  };
}

import type { ApiKeyId } from "../core/words";
import type { KeyAdapter, ListedKey } from "../exchanges/adapter";

/** How long after its end a listing may answer a read. It may have taken longer than that. */
const REUSE_MS = 5000;

type Keys = readonly ListedKey[];

/** Public ids of keys whose addresses the caller will judge by. Every other key may come without them. */
export type InFull = readonly ApiKeyId[] | "all";

/** An adapter whose listings are shared by everybody who reads one sub-account. Addresses that no list shows are read for each caller anew. */
export interface SharedAdapter extends KeyAdapter {
  /** Every key, by a listing that may be a few seconds old, but shows every change made here. @throws as `list` */
  list(subAccount: string, inFull?: InFull): Promise<Keys>;
  /** Every key, by a listing that leaves after this call. @throws as `list` */
  fresh(subAccount: string, inFull?: InFull): Promise<Keys>;
}

/** A listing that was asked for. */
interface Listing {
  readonly keys: Promise<Keys>;
  /** Whether anything of it was sent. Until then it will show all that happens. */
  readonly way: { left: boolean };
  endedAt?: number;
}

interface Shelf {
  latest?: Listing;
  /** Waits for the one under way to end. Whoever asks meanwhile shares it. */
  next?: Promise<Keys>;
}

/**
 * Lists a sub-account, and calls `leaves` before anything is sent. It may wait for its turn before that, and whoever asks meanwhile shares it.
 */
export type Load = (subAccount: string, leaves: () => void) => Promise<Keys>;

/** Listings by sub-account: between changes one under way at most and one waiting, and none used after a change that it may not show. */
export class SharedListings {
  readonly #shelves = new Map<string, Shelf>();
  readonly #load: Load;
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(load: Load, now: () => number = () => performance.now()) {
    this.#load = load;
    this.#now = now;
  }

  /** One that is under way or ended up to five seconds ago, but never one that left before the last change made here. */
  list(subAccount: string): Promise<Keys> {
    const { latest } = this.#shelf(subAccount);
    const { endedAt } = latest ?? {};
    const usable = latest !== undefined && (endedAt === undefined || this.#now() - endedAt <= REUSE_MS);
    return usable ? latest.keys : this.fresh(subAccount);
  }

  /** By a listing that leaves after this call. */
  fresh(subAccount: string): Promise<Keys> {
    const shelf = this.#shelf(subAccount);
    if (shelf.next !== undefined) return shelf.next;
    const { latest } = shelf;
    if (latest === undefined || latest.endedAt !== undefined) return this.#begin(subAccount);
    if (!latest.way.left) return latest.keys;
    const next = latest.keys.then(
      () => this.#begin(subAccount),
      () => this.#begin(subAccount),
    );
    shelf.next = next;
    return next;
  }

  /** Call before and after every change: no listing that has left by now is given to later callers. */
  changed(subAccount: string): void {
    const shelf = this.#shelf(subAccount);
    if (shelf.latest?.way.left === true) delete shelf.latest;
  }

  #shelf(subAccount: string): Shelf {
    const shelf = this.#shelves.get(subAccount) ?? {};
    this.#shelves.set(subAccount, shelf);
    return shelf;
  }

  #begin(subAccount: string): Promise<Keys> {
    const shelf = this.#shelf(subAccount);
    delete shelf.next;
    const way = { left: false };
    const listing: Listing = { keys: this.#loaded(subAccount, way), way };
    shelf.latest = listing;
    listing.keys.then(
      () => {
        listing.endedAt = this.#now();
      },
      () => {
        // A failed listing is nobody's answer but of those who asked for it.
        if (shelf.latest === listing) delete shelf.latest;
      },
    );
    return listing.keys;
  }

  /** @throws TypeError for one that never left: callers may have joined it that it is too old for */
  async #loaded(subAccount: string, way: Listing["way"]): Promise<Keys> {
    const keys = await this.#load(subAccount, () => {
      way.left = true;
    });
    if (!way.left) throw new TypeError("a listing has to tell when it leaves");
    return keys;
  }
}

/** Lists at once. */
function atOnce(adapter: KeyAdapter): Load {
  return (subAccount, leaves) => {
    leaves();
    return adapter.list(subAccount);
  };
}

/** The same adapter with shared listings. */
export function sharing(adapter: KeyAdapter, listings = new SharedListings(atOnce(adapter))): SharedAdapter {
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
    list: async (subAccount, inFull = "all") => inFullOf(adapter, subAccount, { keys: await listings.list(subAccount), inFull }),
    fresh: async (subAccount, inFull = "all") =>
      inFullOf(adapter, subAccount, { keys: await listings.fresh(subAccount), inFull }),
    issue: (subAccount, spec) => changing(subAccount, () => adapter.issue(subAccount, spec)),
    set: (subAccount, apiKey, spec) => changing(subAccount, () => adapter.set(subAccount, apiKey, spec)),
    revoke: (subAccount, apiKey, passphrase) => changing(subAccount, () => adapter.revoke(subAccount, apiKey, passphrase)),
  };
}

/** The keys, those of `inFull` with their addresses. One that went in between is left out. */
async function inFullOf(
  { complete }: Pick<KeyAdapter, "complete">,
  subAccount: string,
  { keys, inFull }: { readonly keys: Keys; readonly inFull: InFull },
): Promise<Keys> {
  if (complete === undefined) return keys;
  const isNamed = ({ apiKey }: ListedKey): boolean => inFull === "all" || inFull.includes(apiKey);
  const read: ListedKey[] = [];
  // A resource names two or three. One after another they come in a known order, at a pace that the exchange sets anyway.
  for (const key of keys) {
    const whole = isNamed(key) ? await complete(subAccount, key) : key;
    if (whole !== undefined) read.push(whole);
  }
  return read;
}

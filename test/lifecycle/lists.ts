import type { ObservedKey } from "../../providers/src/exchanges/adapter";

/** A key, and where it is. */
export interface PlacedKey extends ObservedKey {
  readonly subAccount: string;
}

/** What an exchange's lists show, which may be late, or lack a key that lives. */
export class Lists {
  /** Public ids that no list shows, though a read by id finds the key. */
  readonly lacking = new Set<string>();
  private readonly changes = new Map<string, { readonly seenFrom: Date; readonly before: PlacedKey | undefined }>();

  /** A key was issued, set or revoked: until `seenFrom` lists show what was there before. */
  changed(apiKey: string, change: { readonly seenFrom: Date; readonly before: PlacedKey | undefined }): void {
    this.changes.set(apiKey, change);
  }

  show(keys: Iterable<PlacedKey>, now: Date): readonly PlacedKey[] {
    const living = [...keys];
    const ids = new Set(living.map(({ apiKey }) => apiKey));
    const gone = [...this.changes].flatMap(([apiKey, { seenFrom, before }]) =>
      !ids.has(apiKey) && before !== undefined && now < seenFrom ? [before] : [],
    );
    const shown = living.flatMap((key) => {
      if (this.lacking.has(key.apiKey)) return [];
      const change = this.changes.get(key.apiKey);
      const seen = change !== undefined && now < change.seenFrom ? change.before : key;
      return seen === undefined ? [] : [seen];
    });
    return [...shown, ...gone.filter(({ apiKey }) => !this.lacking.has(apiKey))];
  }
}

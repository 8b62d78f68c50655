import type { ObservedKey } from "../../providers/src/exchanges/adapter";

/** A key, and where it is. */
export interface PlacedKey extends ObservedKey {
  readonly subAccount: string;
}

/** What an exchange's lists show, which may be late, or lack a key that lives. */
export class Lists {
  /** How long a list does not show yet what was issued or set. */
  lateMs = 1000;
  /** Public ids that no list shows, though a read by id finds the key. */
  readonly lacking = new Set<string>();
  private readonly changes = new Map<string, { readonly seenFrom: Date; readonly before: PlacedKey | undefined }>();

  /** A key was issued or set: until `seenFrom` lists show what was there before. */
  changed(apiKey: string, change: { readonly seenFrom: Date; readonly before: PlacedKey | undefined }): void {
    this.changes.set(apiKey, change);
  }

  show(keys: Iterable<PlacedKey>, now: Date): readonly PlacedKey[] {
    return [...keys].flatMap((key) => {
      if (this.lacking.has(key.apiKey)) return [];
      const change = this.changes.get(key.apiKey);
      const shown = change !== undefined && now < change.seenFrom ? change.before : key;
      return shown === undefined ? [] : [shown];
    });
  }
}

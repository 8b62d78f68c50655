/** Where a key of the bench lives. Quotas allow a few keys in each sub-account only. */
export interface Place {
  readonly exchange: string;
  readonly subAccount: string;
  readonly scopes: readonly string[];
}

/** Below every quota, with room for the versions of a rotation. */
const KEYS_PER_SUB_ACCOUNT = 5;

/** The place of key `index`, by turns on each exchange. */
export function placeOf(index: number): Place {
  const group = String(Math.floor(index / (2 * KEYS_PER_SUB_ACCOUNT)));
  if (index % 2 === 0) {
    return { exchange: "bybit", subAccount: `7${group.padStart(5, "0")}`, scopes: ["read", "spot"] };
  }
  const scopes = ["read", "spot", "margin", "futures", "options", "borrow", "transfer", "convert", "earn"];
  return { exchange: "okx", subAccount: `bench${group.padStart(3, "0")}`, scopes };
}

/** Of resource `index`, whatever its kind. */
export function nameOf(index: number): string {
  return `bench-${String(index).padStart(4, "0")}`;
}

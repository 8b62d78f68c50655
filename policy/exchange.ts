// Written from the provider's descriptors.
import exchanges = require("./exchanges.json");

/** What rules have to know of an exchange. */
interface Exchange {
  readonly title: string;
  /** Whether a key can be given spot without derivatives, and the reverse. */
  readonly productsByKey: boolean;
  /** Scopes that a key cannot withdraw without. */
  readonly withdrawWith: readonly string[];
}

const EXCHANGES: Readonly<Record<string, Exchange>> = exchanges;

/** An exchange that the provider has, if it is one. */
export function exchangeNamed(id: string): Exchange | undefined {
  return EXCHANGES[id];
}

import { KeyError } from "../core/errors";
import { canonicalAddresses, changeBetween, surplusOf } from "../core/sets";
import { mayMeanMissing } from "./answer";

/** A key's whitelist at an exchange that adds addresses and deletes addresses, and has no call for a list. */
export interface AdditiveAddresses {
  readonly exchange: string;
  /** Addresses that a key can hold. */
  readonly limit: number;
  /** An open key may still have a list, which binds nothing but binds it again. */
  read(): Promise<{ readonly bound: boolean; readonly listed: readonly string[] }>;
  /** Added to what there is, or put in its place, all of it is there afterwards. None opens the key. @returns what is there */
  bind(wanted: readonly string[]): Promise<readonly string[]>;
  /** As the exchange lists them. */
  unlist(surplus: readonly string[]): Promise<void>;
}

/**
 * Leaves exactly `wanted`. What is declared is added first and the surplus goes last, so that no address that stays is ever without
 * access. Only where both together are too many, some surplus goes first.
 * @throws KeyError `LimitReached` when that would leave none of the present addresses
 */
export async function setAdditive(key: AdditiveAddresses, wanted: readonly string[]): Promise<void> {
  const { bound, listed } = await key.read();
  if (wanted.length === 0) {
    if (bound) await key.bind([]);
    return;
  }
  const excess = new Set(canonicalAddresses([...listed, ...wanted])).size - key.limit;
  if (bound && excess >= listed.length) throw tooMany(key.exchange);
  if (excess > 0) await unlist(key, surplusOf(listed, wanted).slice(0, excess));
  const { added } = changeBetween(canonicalAddresses(bound ? listed : []), canonicalAddresses(wanted));
  const after = added.length === 0 ? listed : await key.bind(wanted);
  await unlist(key, surplusOf(after, wanted));
}

async function unlist(key: AdditiveAddresses, surplus: readonly string[]): Promise<void> {
  if (surplus.length === 0) return;
  try {
    await key.unlist(surplus);
  } catch (error) {
    // A repeated deletion may be refused because the first one was carried out.
    if (!mayMeanMissing(error)) throw error;
    const { listed } = await key.read();
    if (surplus.some((address) => listed.includes(address))) throw error;
  }
}

function tooMany(exchange: string): KeyError {
  return new KeyError({
    kind: "LimitReached",
    exchange,
    operation: "set",
    message: "the key cannot hold its present addresses and the declared ones at the same time",
    hint: "Change some addresses in a run of their own.",
  });
}

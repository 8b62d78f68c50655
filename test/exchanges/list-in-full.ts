import type { KeyAdapter, ObservedKey } from "../../providers/src/exchanges/adapter";

/** Every key with its addresses, one after the other. */
export async function listInFull(adapter: KeyAdapter, subAccount: string): Promise<readonly ObservedKey[]> {
  const keys: ObservedKey[] = [];
  for (const listed of await adapter.list(subAccount)) {
    const { ipWhitelist } = listed;
    const key = ipWhitelist === undefined ? await adapter.complete?.(subAccount, listed) : { ...listed, ipWhitelist };
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

import type { ApiKeyId } from "../core/words";
import type { Exchange } from "./surroundings";

/** The same exchange, which notes every key that it revoked: a list that still shows one is late. */
export function notingEnded(exchange: Exchange, ended: Set<ApiKeyId>): Exchange {
  const { adapter } = exchange;
  return {
    ...exchange,
    adapter: {
      ...adapter,
      revoke: async (subAccount, apiKey, passphrase) => {
        await adapter.revoke(subAccount, apiKey, passphrase);
        ended.add(apiKey);
      },
    },
  };
}

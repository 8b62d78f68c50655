import type { ApiKeyId } from "../core/words";
import type { ObservedKey } from "../exchanges/adapter";
import type { Exchange } from "./surroundings";

/**
 * True only when the exchange said twice that no key of `apiKeys` lives: by a read by id where there is one, else by a second complete
 * list at least `propagation` after the first. A refusal of any kind throws.
 */
export async function confirmGone(
  exchange: Exchange,
  subAccount: string,
  confirm: { readonly apiKeys: readonly ApiKeyId[]; readonly sleep: (milliseconds: number) => Promise<void> },
): Promise<{ readonly gone: readonly ApiKeyId[]; readonly listed: readonly ObservedKey[] }> {
  await confirm.sleep(exchange.adapter.descriptor.propagationMs.value);
  const listed = await exchange.fresh(subAccount);
  const absent = confirm.apiKeys.filter((apiKey) => !listed.some((key) => key.apiKey === apiKey));
  const gone: ApiKeyId[] = [];
  for (const apiKey of absent) {
    if ((await exchange.adapter.find?.(subAccount, apiKey)) === undefined) gone.push(apiKey);
  }
  return { gone, listed };
}

import type { ApiKeyId } from "../core/words";
import type { ListedKey } from "../exchanges/adapter";
import type { Exchange } from "./surroundings";

/** Whose end to confirm, and whose addresses the caller judges by afterwards. */
interface Confirm {
  readonly apiKeys: readonly ApiKeyId[];
  readonly inFull: readonly ApiKeyId[];
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * True only when the exchange answers twice that no key of `apiKeys` lives. The second answer is a read by id where there is one. Else it is
 * a complete list, at least `propagation` after the first. A refusal of any kind throws.
 */
export async function confirmGone(
  exchange: Exchange,
  subAccount: string,
  confirm: Confirm,
): Promise<{ readonly gone: readonly ApiKeyId[]; readonly listed: readonly ListedKey[] }> {
  await confirm.sleep(exchange.adapter.descriptor.propagationMs.value);
  const listed = await exchange.fresh(subAccount, confirm.inFull);
  const absent = confirm.apiKeys.filter((apiKey) => !listed.some((key) => key.apiKey === apiKey));
  const gone: ApiKeyId[] = [];
  for (const apiKey of absent) {
    if ((await exchange.adapter.find?.(subAccount, apiKey)) === undefined) gone.push(apiKey);
  }
  return { gone, listed };
}

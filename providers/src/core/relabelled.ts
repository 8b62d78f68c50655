import { bearsForeignLabel } from "./ownership";
import type { ListedKey, Situation } from "./situation";
import type { ApiKeyId } from "./words";

/** What the exchange shows of a key. */
export function find(situation: Situation, apiKey: ApiKeyId): ListedKey | undefined {
  return situation.listed.find((key) => key.apiKey === apiKey);
}

/** Of ours, and not yet tried in vain. */
export function untried<Key extends { readonly apiKey: ApiKeyId }>(situation: Situation, keys: readonly Key[]): readonly Key[] {
  return keys.filter((key) => !situation.run.failed.has(key.apiKey) && !isRelabelled(situation, key));
}

/** Keys of ours that somebody gave another label: they are left as they are, whatever is known of them. */
export function relabelledKeys(situation: Situation): readonly ApiKeyId[] {
  const { sealed, strays } = situation.recorded;
  return [...sealed.versions, ...strays].filter((one) => isRelabelled(situation, one)).map(({ apiKey }) => apiKey);
}

export function isRelabelled(
  situation: Situation,
  { apiKey, serial }: { readonly apiKey: ApiKeyId; readonly serial?: number },
): boolean {
  const key = find(situation, apiKey);
  return key !== undefined && bearsForeignLabel(key, { ...situation, serial });
}

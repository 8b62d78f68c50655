import { KeyError } from "./errors";
import type { ScheduledApiKeyInputs } from "./inputs";
import { bearsForeignLabel } from "./ownership";
import type { ListedKey, Situation } from "./situation";
import type { ApiKeyId } from "./words";

/** What tells whether a key still bears the label that it was issued with. */
type Labels = Pick<Situation, "listed" | "ownership" | "recorded">;

/** What the exchange shows of a key. */
export function find(situation: Pick<Situation, "listed">, apiKey: ApiKeyId): ListedKey | undefined {
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
  situation: Labels,
  { apiKey, serial }: { readonly apiKey: ApiKeyId; readonly serial?: number | undefined },
): boolean {
  const key = find(situation, apiKey);
  return key !== undefined && bearsForeignLabel(key, { ...situation, serial });
}

/** @returns KeyError `TamperedDocument`, for keys of ours that bear another label and are left as they are */
export function relabelledRefusal(
  { exchange, name }: Pick<ScheduledApiKeyInputs, "exchange" | "name">,
  apiKeys: readonly ApiKeyId[],
): KeyError {
  return new KeyError({
    kind: "TamperedDocument",
    exchange,
    operation: `key "${name}"`,
    message: `the exchange lists under another label than ours: ${apiKeys.join(", ")}. It was not touched`,
    hint: "Find out whose key it is. If it is yours, give it its label back or delete it on the exchange's page, and run again.",
  });
}

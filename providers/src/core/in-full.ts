import type { Recorded } from "./record";
import type { ListedKey } from "./situation";
import type { ApiKeyId } from "./words";

/** Whose addresses are judged: the recorded versions'. All other keys are told apart by public id and label, and never changed. */
export function judgedInFull({ sealed }: Pick<Recorded, "sealed">): readonly ApiKeyId[] {
  return sealed.versions.map(({ apiKey }) => apiKey);
}

/**
 * The addresses that a key lets in.
 * @throws TypeError where nobody has read them: what was not read may pass neither for open nor for bound
 */
export function addressesOf({ apiKey, ipWhitelist }: Pick<ListedKey, "apiKey" | "ipWhitelist">): readonly string[] {
  if (ipWhitelist === undefined) throw new TypeError(`the addresses of ${apiKey} are judged, but were not read`);
  return ipWhitelist;
}

import type { Surroundings } from "./surroundings";

/** Removes the document at `url` if `holder` holds it; somebody else's stays. Idempotent. @throws KeyError `PublicationFailed`, `Conflict` */
export async function takeDown(url: string, holder: string, surroundings: Surroundings): Promise<void> {
  const store = surroundings.store(url);
  const stored = await store.read();
  if (stored !== undefined && stored.document.holder === holder) await store.remove(stored.revision);
}

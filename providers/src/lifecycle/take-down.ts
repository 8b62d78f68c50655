import type { Surroundings } from "./surroundings";

/** Whose document or delivery it is. */
export interface Owner {
  /** Of the document. */
  readonly holder: string;
  /** Owner hash of the key. */
  readonly hash: string;
}

/** True for a place where opened keys are delivered, false for one where documents are published. */
export function isDelivery(url: string): boolean {
  return url.startsWith("awssm://");
}

/**
 * Removes the document at `url` if `holder` holds it, or ends the delivery there. Somebody else's stays. Idempotent.
 * @throws KeyError `PublicationFailed`, `DeliveryFailed`, `Conflict`
 */
export async function takeDown(url: string, { holder, hash }: Owner, surroundings: Surroundings): Promise<void> {
  if (isDelivery(url)) {
    const became = await surroundings.delivery(url).end(hash);
    if (became === "kept")
      surroundings.notice(`${url}: the secret was not made here and stays, with the last key that was delivered`);
    return;
  }
  const store = surroundings.store(url);
  const found = await store.look();
  if (found?.document?.holder === holder) await store.remove(found.revision);
}

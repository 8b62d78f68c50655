import { readLabel } from "../core/label";
import type { ApiKeyOutputs } from "../core/record";
import type { ApiKeyId } from "../core/words";
import type { SealedDocument } from "../seal/document";
import type { Exchange, Surroundings } from "./surroundings";

/**
 * Revokes every key this resource recorded, and takes its document down. Keys are revoked by their recorded ids, never by label: a
 * successor under the same label stays. A document that another resource holds means that it took the keys over; they are forgotten.
 */
export async function remove(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<void> {
  const store = surroundings.store(outputs.publish);
  const stored = await store.read();
  const others = stored !== undefined && stored.document.holder !== outputs.sealed.holder;
  if (others) {
    surroundings.notice(
      `${outputs.exchange} "${outputs.name}": another resource has taken this key over; it is forgotten here, not revoked`,
    );
  } else {
    const exchange = await surroundings.exchange(outputs);
    for (const apiKey of await recordedKeys(outputs, stored?.document, exchange)) {
      await exchange.adapter.revoke(outputs.subAccount, apiKey);
    }
    if (stored !== undefined) await store.remove(stored.revision);
  }
  await removeFormer(outputs, surroundings);
}

/** Versions and strays in state, versions a crash left in the document only, and the key its intent names. */
async function recordedKeys(
  outputs: ApiKeyOutputs,
  published: SealedDocument | undefined,
  exchange: Exchange,
): Promise<readonly ApiKeyId[]> {
  const versions = [...outputs.sealed.versions, ...(published?.versions ?? []), ...(outputs.strays ?? [])];
  const known = new Set(versions.map((version) => version.apiKey));
  const serials = [outputs.sealed.intent?.serial, published?.intent?.serial].filter((serial) => serial !== undefined);
  if (serials.length === 0) return [...known];
  const listed = await exchange.fresh(outputs.subAccount);
  const lost = listed.filter((key) => {
    const label = readLabel(key.label);
    return label !== undefined && label.hash === outputs.hash && serials.includes(label.serial);
  });
  return [...new Set([...known, ...lost.map((key) => key.apiKey)])];
}

async function removeFormer(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<void> {
  for (const former of outputs.former ?? []) {
    const store = surroundings.store(former.url);
    const stored = await store.read();
    if (stored !== undefined && stored.document.holder === outputs.sealed.holder) await store.remove(stored.revision);
  }
}

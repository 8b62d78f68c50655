import { endOf, lostKeys, ownershipOf } from "../core/ownership";
import type { ApiKeyOutputs } from "../core/record";
import type { Secret } from "../core/secret";
import type { ApiKeyId } from "../core/words";
import type { SealedDocument } from "../seal/document";
import { intentPassphrase, versionPassphrase } from "./passphrase";
import type { Exchange, Surroundings } from "./surroundings";
import { takeDown } from "./take-down";

/**
 * Revokes every key this resource recorded, and takes its document down. Keys are revoked by their recorded ids, never by label: a
 * successor under the same label stays. The run's budget is asked before the first. A document that another resource holds means that it took the keys over; they are forgotten.
 */
export async function remove(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<void> {
  const owner = { holder: outputs.sealed.holder, hash: outputs.hash };
  const store = surroundings.store(outputs.publish);
  const stored = await store.read();
  const others = stored !== undefined && stored.document.holder !== outputs.sealed.holder;
  if (others) {
    surroundings.notice(
      `${outputs.exchange} "${outputs.name}": another resource has taken this key over; it is forgotten here, not revoked`,
    );
  } else {
    const exchange = await surroundings.exchange(outputs);
    const doomed = await recordedKeys(outputs, stored?.document, { exchange, surroundings });
    if (doomed.length > 0) surroundings.beforeEnding({ ...outputs, versions: doomed.map(({ apiKey }) => endOf(apiKey)) });
    for (const { apiKey, passphrase } of doomed) {
      await exchange.adapter.revoke(outputs.subAccount, apiKey, passphrase);
    }
    if (stored !== undefined) await store.remove(stored.revision);
    if (outputs.delivered !== undefined) await takeDown(outputs.delivered.url, owner, surroundings);
  }
  for (const former of outputs.former ?? []) await takeDown(former.url, owner, surroundings);
}

interface Revocation {
  readonly apiKey: ApiKeyId;
  readonly passphrase: Secret | undefined;
}

/** Versions in state, those a crash left in the document only, and the key its intent names; last of all strays, which may be nobody's to end. */
async function recordedKeys(
  outputs: ApiKeyOutputs,
  published: SealedDocument | undefined,
  reach: { readonly exchange: Exchange; readonly surroundings: Surroundings },
): Promise<readonly Revocation[]> {
  const found = new Map<ApiKeyId, Revocation>();
  for (const document of [outputs.sealed, published].filter((one) => one !== undefined)) {
    for (const version of document.versions) {
      const passphrase = await versionPassphrase(version, document, reach.surroundings);
      found.set(version.apiKey, { apiKey: version.apiKey, passphrase });
    }
    for (const lost of await namedByIntent(outputs, document, reach)) if (!found.has(lost.apiKey)) found.set(lost.apiKey, lost);
  }
  for (const { apiKey } of outputs.strays ?? []) if (!found.has(apiKey)) found.set(apiKey, { apiKey, passphrase: undefined });
  return [...found.values()];
}

async function namedByIntent(
  outputs: ApiKeyOutputs,
  document: SealedDocument,
  { exchange, surroundings }: { readonly exchange: Exchange; readonly surroundings: Surroundings },
): Promise<readonly Revocation[]> {
  const { intent } = document;
  if (intent === undefined) return [];
  const listed = await exchange.fresh(outputs.subAccount);
  const recorded = { hash: outputs.hash, sealed: document, strays: outputs.strays ?? [] };
  const named = lostKeys({ ownership: ownershipOf(exchange.adapter.descriptor), recorded, listed }, intent);
  if (named.length === 0) return [];
  const passphrase = await intentPassphrase(document, surroundings);
  return named.map(({ apiKey }) => ({ apiKey, passphrase }));
}

import { isKind } from "../core/errors";
import { endOf, lostKeys, nameOf, ownershipOf, serialOf } from "../core/ownership";
import type { ApiKeyOutputs, Stray } from "../core/record";
import type { Secret } from "../core/secret";
import type { ApiKeyId } from "../core/words";
import type { SealedDocument } from "../seal/document";
import { intentPassphrase, versionPassphrase } from "./passphrase";
import type { Exchange, Surroundings } from "./surroundings";
import { takeDown } from "./take-down";

/**
 * Revokes every key this resource recorded, and takes its document down. Keys are revoked by their recorded ids, never by label: a
 * successor under the same label stays. The run's budget is asked before the first. A document that another resource holds, or a newer key
 * under the label, means that somebody else goes on with the key: it is then forgotten, with everything that may still be read.
 */
export async function remove(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<void> {
  const owner = { holder: outputs.sealed.holder, hash: outputs.hash };
  const store = surroundings.store(outputs.publish);
  const stored = await store.read();
  const others = stored !== undefined && stored.document.holder !== outputs.sealed.holder;
  if (others) return forget(outputs, "another resource has taken this key over", surroundings);
  const exchange = await surroundings.exchange(outputs);
  const successor = await successorOf(outputs, stored?.document, exchange);
  if (successor !== undefined)
    return forget(
      outputs,
      `${nameOf(successor)} under its label is newer than all that is known here, so another resource goes on with it`,
      surroundings,
    );
  const doomed = await recordedKeys(outputs, stored?.document, { exchange, surroundings });
  if (doomed.length > 0) surroundings.beforeEnding({ ...outputs, versions: doomed.map(({ apiKey }) => endOf(apiKey)) });
  for (const { apiKey, passphrase } of doomed) await exchange.adapter.revoke(outputs.subAccount, apiKey, passphrase);
  if (stored !== undefined) await store.remove(stored.revision);
  if (outputs.delivered !== undefined) await takeDown(outputs.delivered.url, owner, surroundings);
  for (const former of outputs.former ?? []) await takeDown(former.url, owner, surroundings);
}

function forget({ exchange, name }: ApiKeyOutputs, why: string, surroundings: Surroundings): void {
  surroundings.notice(`${exchange} "${name}": ${why}; it is forgotten here, not revoked`);
}

/**
 * The newest key under our label, where nothing here knows its serial: of a resource that replaced this one and publishes elsewhere, or of a
 * copy of it. Every serial of our own was written down before it was used.
 */
async function successorOf(
  outputs: ApiKeyOutputs,
  published: SealedDocument | undefined,
  exchange: Exchange,
): Promise<Pick<Stray, "apiKey" | "serial"> | undefined> {
  if (ownershipOf(exchange.adapter.descriptor) !== "label") return undefined;
  const documents = [outputs.sealed, published].filter((one) => one !== undefined);
  const strays = outputs.strays ?? [];
  const known = Math.max(...documents.map(({ lastSerial }) => lastSerial), ...strays.map(({ serial = 0 }) => serial));
  const listed = await exchange.shared(outputs.subAccount).catch((error: unknown) => {
    // A sub-account that is gone is listed no more, and what it held can be deleted all the same. A parent without the right is refused then.
    if (isKind(error, "PermissionDenied", "NotFound")) return [];
    throw error;
  });
  const newest = listed
    .map((key) => ({ apiKey: key.apiKey, serial: serialOf(key, outputs.hash) ?? 0 }))
    .sort((one, other) => other.serial - one.serial)[0];
  return newest !== undefined && newest.serial > known ? newest : undefined;
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

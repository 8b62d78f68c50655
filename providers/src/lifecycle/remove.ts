import { isKind, KeyError } from "../core/errors";
import { endOf, lostKeys, nameOf, ownershipOf, serialOf } from "../core/ownership";
import { type ApiKeyOutputs, type Recorded, recordedIn } from "../core/record";
import { isRelabelled, relabelledRefusal } from "../core/relabelled";
import type { ApiKeyId } from "../core/words";
import { judge, type Worth } from "../core/worth";
import type { ListedKey } from "../exchanges/adapter";
import type { Found } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import { type ManagedKey, type Management, managedIntent, managedStray, managedVersion, ownSealsOf, revoke } from "./passphrase";
import { sightOf } from "./place";
import type { Exchange, Surroundings } from "./surroundings";
import { takeDown } from "./take-down";

/**
 * Revokes every key that this resource recorded, and takes its document down. Keys are revoked by public ids that state knows, or that a
 * document with a good stamp names. Never by label, and never one that bears a foreign label. The run's budget is asked before the first. Nothing
 * depends on the document being readable. Only a takeover that a good stamp proves makes it forget in silence.
 * @throws KeyError when anything that was to go is still there, or somebody else goes on with the key
 */
export async function remove(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<void> {
  const exchange = await surroundings.exchange(outputs);
  const recorded = recordedIn(outputs);
  const place = await placeOf(outputs, { recorded, exchange, surroundings });
  if (place.isTaken) return forget(outputs, surroundings);
  if (place.isStrangers) throw strangersDocument(outputs);
  const listed = await listedOf(outputs, exchange);
  const { believed } = place;
  requireNoSuccessor(outputs, { recorded, believed, listed, exchange });
  const removal = { outputs, recorded, believed, listed, exchange, surroundings };
  const failures = await revokeAll(removal, doomedKeys(removal));
  const failure = failures[0] ?? place.failure;
  if (failure !== undefined) throw failure;
  await takeAllDown(removal, place);
}

interface Place {
  readonly worth: Worth;
  readonly believed: SealedDocument | undefined;
  readonly found: Found | undefined;
  /** Another resource has taken the key over, and a good stamp proves it. */
  readonly isTaken: boolean;
  /** Of a deployer with another parent, for another resource: neither proven nor to be ignored. */
  readonly isStrangers: boolean;
  /** Why the place could not be looked at. */
  readonly failure: unknown;
}

interface Reach {
  readonly recorded: Recorded;
  readonly exchange: Exchange;
  readonly surroundings: Surroundings;
}

async function placeOf({ publish }: ApiKeyOutputs, { recorded, exchange, surroundings }: Reach): Promise<Place> {
  try {
    const found = await surroundings.store(publish).look();
    const sight = found === undefined ? undefined : sightOf(found, recorded.sealed, exchange);
    const { worth, believed } = judge(sight, recorded.sealed);
    const isOthers = sight?.document !== undefined && sight.document.holder !== recorded.sealed.holder;
    const isTaken = worth === "good" && isOthers;
    return { worth, believed, found, isTaken, isStrangers: worth === "unknown" && isOthers, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof KeyError)) throw failure;
    return { worth: "forged", believed: undefined, found: undefined, isTaken: false, isStrangers: false, failure };
  }
}

function forget({ exchange, name }: ApiKeyOutputs, surroundings: Surroundings): void {
  surroundings.notice(`${exchange} "${name}": another resource has taken this key over; it is forgotten here, not revoked`);
}

const HOW_TO_FORGET =
  "Nothing was revoked. If another stack goes on with the key, take it out of this state (pulumi state delete <urn>). If this stack alone has it, run up first.";

function strangersDocument(outputs: ApiKeyOutputs): KeyError {
  return refusal(outputs, {
    message: `the document at ${outputs.publish} is held by another resource and bears the stamp of another parent credential`,
    hint: `${HOW_TO_FORGET} Or remove that document, and run again.`,
  });
}

function refusal({ exchange, name }: ApiKeyOutputs, facts: { readonly message: string; readonly hint: string }): KeyError {
  return new KeyError({ kind: "Conflict", exchange, operation: `key "${name}"`, ...facts });
}

/** A sub-account that is gone is listed no more, and what it held can be deleted all the same. A parent without the right is refused then. */
async function listedOf({ subAccount }: ApiKeyOutputs, exchange: Exchange): Promise<readonly ListedKey[]> {
  return await exchange.fresh(subAccount, []).catch((error: unknown) => {
    if (isKind(error, "PermissionDenied", "NotFound")) return [];
    throw error;
  });
}

interface Removal extends Reach {
  readonly outputs: ApiKeyOutputs;
  readonly believed: SealedDocument | undefined;
  readonly listed: readonly ListedKey[];
}

/**
 * A key under our label with a newer serial than all known here belongs to another resource. That one replaced this one and publishes
 * elsewhere, or is a copy of it. Every serial of our own was written down before it was used.
 * @throws KeyError `Conflict`
 */
function requireNoSuccessor(
  outputs: ApiKeyOutputs,
  { recorded, believed, listed, exchange }: Pick<Removal, "recorded" | "believed" | "listed" | "exchange">,
): void {
  if (ownershipOf(exchange.adapter.descriptor) !== "label") return;
  const documents = [recorded.sealed, believed].filter((one) => one !== undefined);
  const strays = recorded.strays.map(({ serial = 0 }) => serial);
  const known = Math.max(...documents.map(({ lastSerial }) => lastSerial), ...strays);
  const newest = listed
    .map((key) => ({ apiKey: key.apiKey, serial: serialOf(key, recorded.hash) ?? 0 }))
    .sort((one, other) => other.serial - one.serial)[0];
  if (newest === undefined || newest.serial <= known) return;
  throw refusal(outputs, {
    message: `the ${nameOf(newest)} under its label is newer than all that is known here: another resource may go on with it`,
    hint: HOW_TO_FORGET,
  });
}

interface Doomed extends ManagedKey {
  /** Counts by itself in the budget: state does not know it as a version. */
  readonly isApart: boolean;
}

/** Versions in state, those that a crash left only in a document with a good stamp, the key of its intent, and last strays. */
function doomedKeys({ recorded, believed, listed, exchange }: Removal): readonly Doomed[] {
  const found = new Map<ApiKeyId, Doomed>();
  const add = (key: ManagedKey, isApart: boolean): void => {
    if (!found.has(key.apiKey)) found.set(key.apiKey, { ...key, isApart });
  };
  for (const version of recorded.sealed.versions) add(managedVersion(version), false);
  for (const version of believed?.versions ?? []) add(managedVersion(version), true);
  for (const document of [recorded.sealed, believed].filter((one) => one !== undefined)) {
    const belongings = {
      ownership: ownershipOf(exchange.adapter.descriptor),
      recorded: { ...recorded, sealed: document },
      listed,
    };
    for (const { apiKey } of lostKeys(belongings, document.intent)) add(managedIntent(document, apiKey), true);
  }
  for (const stray of recorded.strays) add(managedStray(stray), true);
  return [...found.values()];
}

/** One failure stops no other. @returns why what is still there is */
async function revokeAll(removal: Removal, doomed: readonly Doomed[]): Promise<readonly unknown[]> {
  const { outputs, recorded, exchange, surroundings } = removal;
  const management: Management = {
    inputs: outputs,
    recorded,
    exchange,
    surroundings,
    ownSeals: ownSealsOf(outputs.seal, recorded),
  };
  const failures: unknown[] = [];
  const ownership = ownershipOf(exchange.adapter.descriptor);
  const relabelled = doomed.filter((key) => isRelabelled({ ...removal, ownership }, key));
  const known = doomed.filter(({ isApart }) => !isApart);
  for (const key of doomed.filter((one) => !relabelled.includes(one))) {
    const versions = (key.isApart ? [key] : known).map(({ apiKey }) => endOf(apiKey));
    try {
      surroundings.beforeEnding({ ...outputs, versions, ...(key.isApart ? { stray: key.apiKey } : {}) });
      await revoke(management, key);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      failures.push(error);
    }
  }
  if (relabelled.length > 0)
    failures.push(
      relabelledRefusal(
        outputs,
        relabelled.map(({ apiKey }) => apiKey),
      ),
    );
  return failures;
}

/** What lies at the place goes, readable or not. Another key's document stays. */
async function takeAllDown({ outputs, recorded, surroundings }: Removal, { worth, found }: Place): Promise<void> {
  if (found !== undefined && worth !== "other") await surroundings.store(outputs.publish).remove(found.revision);
  const owner = { holder: recorded.sealed.holder, hash: recorded.hash };
  if (recorded.delivered !== undefined) await takeDown(recorded.delivered.url, owner, surroundings);
  for (const former of recorded.former) await takeDown(former.url, owner, surroundings);
}

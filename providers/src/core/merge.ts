import type { Intent, SealedDocument, SealedVersion } from "../seal/document";
import { sameIdentity } from "./inputs";
import { ownerHash } from "./label";
import type { ApiKeyId, Identity } from "./words";
import { sequenceOf } from "./worth";

const FORMAT: SealedDocument["format"] = "exchange-keys/1";

/** How many holders a document remembers. */
const LAST_HOLDERS = 5;

/** Where a resource starts from: what is believed of what is published, what is recorded, and who it is. */
export interface DocumentSources {
  /** Only what {@link judge} lets through, or what labels prove. */
  readonly believed: SealedDocument | undefined;
  readonly recorded: SealedDocument | undefined;
  readonly identity: Identity;
  readonly holder: string;
  /** Owner hash in the labels. */
  readonly hash: string;
  /** Whether the document is being taken over from whoever holds it. */
  readonly takesOver: boolean;
  /** ISO time at which an overlap that begins now ends. */
  readonly supersededUntil: string;
  /** True while the current version of `recorded` was never shown to bots. */
  readonly unshown: boolean;
  /** Public ids that have had one more overlap already. */
  readonly extended: readonly ApiKeyId[];
}

/** A merged document, and the superseded versions that have now been given one more overlap. */
export interface Merged {
  readonly sealed: SealedDocument;
  readonly extended: readonly ApiKeyId[];
}

/**
 * The document to go on from. What state records of a version always wins, but for the version's state, which a later publication may have
 * moved on. A version that only one of both knows is kept, and the exchange's list decides later whether it still lives. While bots cannot
 * read the current version, no overlap runs: it is made up for, once.
 */
export function mergeDocuments(sources: DocumentSources): Merged {
  const { believed, recorded, identity, holder, hash } = sources;
  const serials = new Set([...versionsOf(believed), ...versionsOf(recorded)].map((version) => version.serial));
  const merged = [...serials].sort((one, other) => one - other).flatMap((serial) => mergeVersion(serial, sources));
  const { versions, extended } = oneCurrent(merged, sources);
  const intent = openIntent(sources, serials);
  const [takenFrom, heldBefore] = [takenOverFrom(sources), formerHolders(sources)];
  const sealed = {
    format: FORMAT,
    identity,
    holder,
    ...(takenFrom.length === 0 ? {} : { takenFrom }),
    ...(heldBefore.length === 0 ? {} : { heldBefore }),
    seq: Math.max(sequenceOf(believed ?? {}), sequenceOf(recorded ?? {})),
    ...(hash === ownerHash(identity) ? {} : { hash }),
    lastSerial: Math.max(0, believed?.lastSerial ?? 0, recorded?.lastSerial ?? 0, ...serials, intent?.serial ?? 0),
    ...(intent === undefined ? {} : { intent }),
    versions: versions.map((version) => withIdentity(version, sources)),
  };
  return { sealed, extended };
}

/** An intent that no version answers. After a rename it keeps the identity that its passphrase was sealed under. */
function openIntent({ believed, recorded, identity }: DocumentSources, serials: ReadonlySet<number>): Intent | undefined {
  for (const { intent, identity: its } of [believed, recorded].filter((one) => one !== undefined)) {
    if (intent === undefined || serials.has(intent.serial)) continue;
    const { identity: sealedUnder = its, ...rest } = intent;
    return sameIdentity(sealedUnder, identity) ? rest : { ...rest, identity: sealedUnder };
  }
  return undefined;
}

/**
 * A run that takes a document over may die before it is recorded. So the holders before it are kept, as many as a person would try in a
 * row. Whoever goes on with a document of its own is on record, and drops them.
 */
function takenOverFrom({ believed, takesOver }: DocumentSources): readonly string[] {
  if (believed === undefined || !takesOver) return [];
  const former = (believed.takenFrom ?? []).filter((holder) => holder !== believed.holder);
  return [...former, believed.holder].slice(-LAST_HOLDERS);
}

/** Everybody who ever held the document, as far as is remembered: who finds another holder there can tell a takeover from a forgery. */
function formerHolders({ believed, recorded, holder }: DocumentSources): readonly string[] {
  const documents = [recorded, believed].filter((one) => one !== undefined);
  const all = documents.flatMap((one) => [...(one.heldBefore ?? []), ...(one.takenFrom ?? []), one.holder]);
  return [...new Set(all)].filter((one) => one !== holder).slice(-LAST_HOLDERS);
}

/** The same document with its versions replaced. An intent that a version now answers is dropped. */
export function withVersions(document: SealedDocument, versions: readonly SealedVersion[]): SealedDocument {
  const { intent, ...rest } = document;
  const open = intent !== undefined && !versions.some((version) => version.serial === intent.serial);
  const lastSerial = Math.max(document.lastSerial, ...versions.map((version) => version.serial));
  return { ...rest, lastSerial, versions, ...(open ? { intent } : {}) };
}

export function withoutIntent(document: SealedDocument): SealedDocument {
  const { intent: _, ...rest } = document;
  return rest;
}

function versionsOf(document: SealedDocument | undefined): readonly SealedVersion[] {
  return document?.versions ?? [];
}

function mergeVersion(serial: number, { believed, recorded, supersededUntil }: DocumentSources): readonly SealedVersion[] {
  const seen = versionsOf(believed).find((version) => version.serial === serial);
  const known = versionsOf(recorded).find((version) => version.serial === serial);
  if (known === undefined) return seen === undefined ? [] : [{ ...seen, ...end(seen, undefined, supersededUntil) }];
  if (seen === undefined) return [known];
  const { retireAfter: _, ...content } = known;
  return [{ ...content, state: seen.state, ...end(seen, known, supersededUntil) }];
}

/**
 * The end that state holds stays, unless the document names a later one. And none is later than that of an overlap that begins now. So no
 * document makes an overlap shorter than recorded, or longer than declared.
 */
function end(seen: SealedVersion, known: SealedVersion | undefined, latest: string): Pick<SealedVersion, "retireAfter"> {
  if (seen.retireAfter === undefined) return {};
  const capped = Date.parse(seen.retireAfter) > Date.parse(latest) ? latest : seen.retireAfter;
  const recorded = known?.retireAfter;
  return { retireAfter: recorded !== undefined && Date.parse(recorded) > Date.parse(capped) ? recorded : capped };
}

/**
 * Two documents of different age can name two current versions: the newer one is it, and the other gets its overlap from now on. A superseded
 * version gets one more when its successor is not what is shown: never shown yet, or hidden since, which counts once.
 */
function oneCurrent(
  versions: readonly SealedVersion[],
  { believed, unshown, extended, supersededUntil }: DocumentSources,
): { readonly versions: readonly SealedVersion[]; readonly extended: readonly ApiKeyId[] } {
  const newest = Math.max(0, ...versions.filter((version) => version.state === "current").map((version) => version.serial));
  const shown = versionsOf(believed).find((version) => version.state === "current")?.serial ?? 0;
  const isHidden = newest !== shown;
  const given: ApiKeyId[] = [];
  const moved = versions.map((version): SealedVersion => {
    if (version.state === "current" && version.serial !== newest) return superseded(version, supersededUntil);
    if (version.state !== "previous" || !isHidden) return version;
    if (!unshown && extended.includes(version.apiKey)) return version;
    if (!unshown) given.push(version.apiKey);
    return superseded(version, supersededUntil);
  });
  const still = versions.map(({ apiKey }) => apiKey).filter((apiKey) => extended.includes(apiKey));
  return { versions: moved, extended: [...still, ...given] };
}

/** An overlap is never made shorter. */
function superseded(version: SealedVersion, until: string): SealedVersion {
  const recorded = version.retireAfter;
  const later = recorded !== undefined && Date.parse(recorded) > Date.parse(until);
  return { ...version, state: "previous", retireAfter: later ? recorded : until };
}

/** After a rename a version keeps the identity it was sealed under. */
function withIdentity(version: SealedVersion, sources: DocumentSources): SealedVersion {
  const holding = [sources.recorded, sources.believed].find((one) =>
    versionsOf(one).some((other) => other.serial === version.serial),
  );
  const sealedUnder = version.identity ?? holding?.identity ?? sources.identity;
  const { identity: _, ...rest } = version;
  return sameIdentity(sealedUnder, sources.identity) ? rest : { ...rest, identity: sealedUnder };
}

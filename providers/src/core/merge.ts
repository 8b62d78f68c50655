import type { Intent, SealedDocument, SealedVersion } from "../seal/document";
import { sameIdentity } from "./inputs";
import type { Identity } from "./words";

const FORMAT: SealedDocument["format"] = "exchange-keys/1";

/** How many holders a document remembers. */
const LAST_HOLDERS = 5;

/** Where a resource starts from: what is published, what is recorded, and who it is. */
export interface DocumentSources {
  readonly published: SealedDocument | undefined;
  readonly recorded: SealedDocument | undefined;
  readonly identity: Identity;
  readonly holder: string;
  /** Whether the document is being taken over from whoever holds it. */
  readonly takesOver: boolean;
  /** ISO time given to a version that turns out to be superseded. */
  readonly supersededUntil: string;
}

/**
 * The document to go on from. A version that both know keeps the recorded content and the published state, because publication is what
 * bots have seen, and no overlap becomes shorter by it; a version that only one knows is kept, and the exchange's list decides later whether
 * it still lives. While bots cannot read the current version, no overlap runs.
 */
export function mergeDocuments(sources: DocumentSources): SealedDocument {
  const { published, recorded, identity, holder, supersededUntil } = sources;
  const serials = new Set([...versionsOf(published), ...versionsOf(recorded)].map((version) => version.serial));
  const merged = [...serials].sort((one, other) => one - other).flatMap((serial) => mergeVersion(serial, published, recorded));
  const shown = versionsOf(published).find((version) => version.state === "current")?.serial;
  const versions = oneCurrent(merged, { shown, until: supersededUntil }).map((version) => withIdentity(version, sources));
  const intent = openIntent(sources, serials);
  const takenFrom = takenOverFrom(sources);
  return {
    format: FORMAT,
    identity,
    holder,
    ...(takenFrom.length === 0 ? {} : { takenFrom }),
    lastSerial: Math.max(0, published?.lastSerial ?? 0, recorded?.lastSerial ?? 0, ...serials, intent?.serial ?? 0),
    ...(intent === undefined ? {} : { intent }),
    versions,
  };
}

/** An intent that no version answers. After a rename it keeps the identity that its passphrase was sealed under. */
function openIntent({ published, recorded, identity }: DocumentSources, serials: ReadonlySet<number>): Intent | undefined {
  for (const { intent, identity: its } of [published, recorded].filter((one) => one !== undefined)) {
    if (intent === undefined || serials.has(intent.serial)) continue;
    const { identity: sealedUnder = its, ...rest } = intent;
    return sameIdentity(sealedUnder, identity) ? rest : { ...rest, identity: sealedUnder };
  }
  return undefined;
}

/**
 * Nothing tells a run that takes a document over whether it will live to be recorded, so those before it are kept: as many as a person
 * would try in a row. Whoever goes on with a document of its own is on record, and drops them.
 */
function takenOverFrom({ published, takesOver }: DocumentSources): readonly string[] {
  if (published === undefined || !takesOver) return [];
  const former = (published.takenFrom ?? []).filter((holder) => holder !== published.holder);
  return [...former, published.holder].slice(-LAST_HOLDERS);
}

/** The same document with its versions replaced; an intent that a version now answers is dropped. */
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

function mergeVersion(serial: number, published?: SealedDocument, recorded?: SealedDocument): readonly SealedVersion[] {
  const seen = versionsOf(published).find((version) => version.serial === serial);
  const known = versionsOf(recorded).find((version) => version.serial === serial);
  if (known === undefined || seen === undefined) return [seen, known].filter((version) => version !== undefined);
  const { retireAfter: _, ...content } = known;
  return [{ ...content, state: seen.state, ...end(seen, known) }];
}

/** A version that is superseded for both ends at the later of their times: one of them is of an old document that somebody put back. */
function end(seen: SealedVersion, known: SealedVersion): Pick<SealedVersion, "retireAfter"> {
  if (seen.retireAfter === undefined) return {};
  const later = known.retireAfter !== undefined && Date.parse(known.retireAfter) > Date.parse(seen.retireAfter);
  return { retireAfter: later ? known.retireAfter : seen.retireAfter };
}

/**
 * Two documents of different age can name two current versions: the newer one is it. The other gets its overlap from now on, and so does
 * every superseded one when the current version is not what is shown: a document that was lost, or never written.
 */
function oneCurrent(
  versions: readonly SealedVersion[],
  overlap: { readonly shown: number | undefined; readonly until: string },
): readonly SealedVersion[] {
  const newest = Math.max(0, ...versions.filter((version) => version.state === "current").map((version) => version.serial));
  const begins = (version: SealedVersion): boolean =>
    version.state === "current" ? version.serial !== newest : version.state === "previous" && newest !== (overlap.shown ?? 0);
  return versions.map((version) =>
    begins(version) ? { ...version, state: "previous" as const, retireAfter: overlap.until } : version,
  );
}

/** After a rename a version keeps the identity it was sealed under. */
function withIdentity(version: SealedVersion, sources: DocumentSources): SealedVersion {
  const holding = [sources.recorded, sources.published].find((one) =>
    versionsOf(one).some((other) => other.serial === version.serial),
  );
  const sealedUnder = version.identity ?? holding?.identity ?? sources.identity;
  const { identity: _, ...rest } = version;
  return sameIdentity(sealedUnder, sources.identity) ? rest : { ...rest, identity: sealedUnder };
}

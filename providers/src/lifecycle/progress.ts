import { KeyError } from "../core/errors";
import { type ApiKeyInputs, identityOf, type ScheduledApiKeyInputs, sameIdentity } from "../core/inputs";
import { mergeDocuments } from "../core/merge";
import type { FormerDocument, Recorded, Stray } from "../core/record";
import { overlapEnd } from "../core/schedule";
import { requireFits } from "../publish/room";
import type { DocumentStore, StoredDocument } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import { documentSize, nextVersionSize, writeDocument } from "../seal/parse-document";
import type { Surroundings } from "./surroundings";
import { isDelivery } from "./take-down";

/** What one run knows so far. Every field is right after every step, so that a failure at any point can record it. */
export class Progress {
  recorded: Recorded;
  private revision: string | undefined;
  private readonly store: DocumentStore;

  private constructor(start: { recorded: Recorded; store: DocumentStore; revision: string | undefined }) {
    this.recorded = start.recorded;
    this.store = start.store;
    this.revision = start.revision;
  }

  /**
   * Reads what is published and goes on from there.
   * @throws KeyError `Conflict` when another key's document, or another resource's, is in the way
   */
  static async start(
    inputs: ScheduledApiKeyInputs,
    known: { readonly recorded: Recorded; readonly document: string; readonly takeOver: boolean },
    surroundings: Surroundings,
  ): Promise<Progress> {
    const store = surroundings.store(inputs.publish);
    const stored = await store.read();
    const takesOver = claim(stored?.document, inputs, known);
    if (isTakenBack(stored?.document, known.recorded)) surroundings.notice(takenBack(inputs));
    const now = surroundings.clock.now();
    const sealed = mergeDocuments({
      published: stored?.document,
      recorded: known.recorded.sealed,
      identity: identityOf(inputs),
      holder: known.recorded.sealed.holder,
      takesOver,
      supersededUntil: overlapEnd(now, inputs.rotate).toISOString(),
    });
    const recorded = {
      ...known.recorded,
      ...(takesOver ? takenOver(inputs, now) : {}),
      strays: strangers(known.recorded, sealed),
      sealed,
    };
    for (const former of recorded.former) await requireAlone(former, { inputs, recorded, surroundings });
    const progress = new Progress({ recorded, store, revision: stored?.revision });
    if (isStale(stored?.document, sealed)) await progress.publish(sealed);
    progress.leave(known.document, { to: inputs.publish, after: overlapEnd(now, inputs.rotate) });
    progress.leaveDelivery(inputs.deliver, overlapEnd(now, inputs.rotate));
    return progress;
  }

  /** A place that is left keeps its document for an overlap, so that bots can be pointed to the new one. */
  private leave(place: string, move: { readonly to: string; readonly after: Date }): void {
    const others = this.recorded.former.filter((former) => former.url !== place && former.url !== move.to);
    if (place === move.to) return;
    this.recorded = { ...this.recorded, former: [...others, { url: place, after: move.after.toISOString() }] };
  }

  /** So does a place of delivery, which is then ended. */
  private leaveDelivery(to: string | undefined, after: Date): void {
    const { delivered, ...rest } = this.recorded;
    const former = rest.former.filter(({ url }) => url !== to && url !== delivered?.url);
    if (delivered === undefined || delivered.url === to)
      this.recorded = { ...this.recorded, former: rest.former.filter(({ url }) => url !== to) };
    else this.recorded = { ...rest, former: [...former, { url: delivered.url, after: after.toISOString() }] };
  }

  /** Publishes `document`. What it says is recorded first, so that a refused publication can be made up for. */
  async publish(document: SealedDocument): Promise<void> {
    this.recorded = { ...this.recorded, sealed: document };
    const stored = await this.store.write(document, this.revision);
    this.revision = stored.revision;
  }

  /**
   * Looks whether one more version will fit, as far as that can be foreseen, before a key is asked for.
   * @throws KeyError `PublicationFailed`, code `TooLarge`
   */
  requireRoom(seal: string): void {
    const { sealed } = this.recorded;
    requireFits(this.store, documentSize(sealed) + nextVersionSize(sealed, seal));
  }

  /** What is published now, whoever wrote it. */
  async published(): Promise<StoredDocument | undefined> {
    const stored = await this.store.read();
    this.revision = stored?.revision;
    return stored;
  }
}

/** A key that a document names again, because somebody put it back, is no stray any more: bots may hold it. */
function strangers({ strays }: Recorded, { versions }: SealedDocument): readonly Stray[] {
  return strays.filter((stray) => !versions.some(({ apiKey }) => apiKey === stray.apiKey));
}

/** A key that is taken over is not rotated for its age alone, nor for a trigger that its former holder may have served. */
function takenOver(inputs: ScheduledApiKeyInputs, now: Date): Pick<Recorded, "heldSince" | "servedTrigger"> {
  const served = inputs.rotate.trigger === undefined ? {} : { servedTrigger: inputs.rotate.trigger };
  return { heldSince: now.toISOString(), ...served };
}

/**
 * A place that was left is written no more. A newer serial there is of a copy of this resource, in another stack, which goes on with the same key:
 * what looks like a stray is then the key that its bots use.
 * @throws KeyError `Conflict`
 */
async function requireAlone(
  { url }: FormerDocument,
  {
    inputs,
    recorded,
    surroundings,
  }: { readonly inputs: ApiKeyInputs; readonly recorded: Recorded; readonly surroundings: Surroundings },
): Promise<void> {
  if (isDelivery(url)) return;
  const document = (await surroundings.store(url).read())?.document;
  const known = Math.max(recorded.sealed.lastSerial, ...recorded.strays.map(({ serial = 0 }) => serial));
  if (document === undefined || document.holder !== recorded.sealed.holder || document.lastSerial <= known) return;
  throw new KeyError({
    kind: "Conflict",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `the document at ${url}, which this resource left, was written since: a copy of this stack goes on with the same key`,
    hint: "Nothing was changed. Let one stack only declare the key, and take it out of the state of the other (pulumi state delete).",
  });
}

/** True when what is published is not what is known: it is then written before anything else. */
function isStale(published: SealedDocument | undefined, sealed: SealedDocument): boolean {
  if (published === undefined) return sealed.versions.length > 0;
  return writeDocument(published) !== writeDocument(sealed);
}

/**
 * True when a document that was ours names us as the one it was taken from: a replacing run that died was never recorded, and a resource that
 * was would not let us be asked. Where another stack took it, that one is refused from now on.
 */
function isTakenBack(published: SealedDocument | undefined, { sealed }: Recorded): boolean {
  return published !== undefined && published.holder !== sealed.holder && (published.takenFrom?.includes(sealed.holder) ?? false);
}

function takenBack({ exchange, name }: ApiKeyInputs): string {
  return `${exchange} "${name}": a run that was never recorded had taken this key over; it is managed from here again. If another stack declares it too, that one will be refused`;
}

/** True when the document is taken over from another resource of the same identity. */
function claim(
  published: SealedDocument | undefined,
  inputs: ApiKeyInputs,
  known: { readonly recorded: Recorded; readonly takeOver: boolean },
): boolean {
  if (published === undefined || published.holder === known.recorded.sealed.holder) return false;
  if (isTakenBack(published, known.recorded)) return false;
  if (known.takeOver && sameIdentity(published.identity, inputs)) return true;
  const other = sameIdentity(published.identity, inputs)
    ? "another resource has taken this key over"
    : "it belongs to another key";
  throw new KeyError({
    kind: "Conflict",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `the document at ${inputs.publish} is not ours: ${other}`,
    hint: "Publish each key to a place of its own, and declare each key in one stack only. A document that nobody needs any more can be removed.",
  });
}

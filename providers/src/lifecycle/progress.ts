import { isIncident } from "../core/causes";
import { KeyError } from "../core/errors";
import { type ApiKeyInputs, identityOf, type ScheduledApiKeyInputs } from "../core/inputs";
import { mergeDocuments } from "../core/merge";
import { type Recorded, type Stray, versionIn } from "../core/record";
import { hasPassed, overlapEnd } from "../core/schedule";
import type { ApiKeyId } from "../core/words";
import { requireFits } from "../publish/room";
import type { DocumentStore, StoredDocument } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import { documentSize, nextVersionSize, writeDocument } from "../seal/parse-document";
import { checkStamp, STAMP_BYTES, type StampKey, stamped, unstampedText } from "../seal/stamp";
import { leave, leaveDelivery, requireAlone } from "./former";
import { type Known, lookAtPlace, type Place, type Reach } from "./place";

/** What one run knows so far. Every field is right after every step, so that a failure at any point can record it. */
export class Progress {
  recorded: Recorded;
  /** Why what is recorded could not be published, in an incident, which goes on all the same. */
  unpublished: KeyError | undefined;
  private revision: string | undefined;
  /** Serial of the current version that was last seen where bots look. */
  private shown: number | undefined;

  private constructor(
    recorded: Recorded,
    readonly place: Place,
    private readonly way: {
      readonly store: DocumentStore;
      readonly stampKey: StampKey;
      readonly inputs: ScheduledApiKeyInputs;
      /** Whether the intent that is open at the beginning is one that state holds. */
      readonly isIntentRecorded: boolean;
    },
  ) {
    this.recorded = recorded;
    this.unpublished = place.obstacle;
    this.revision = place.found?.revision;
    this.shown = place.believed && versionIn(place.believed, "current")?.serial;
  }

  /**
   * Reads what is published and goes on from what of it counts.
   * @throws KeyError `Conflict` when another key's document, or another resource's, is in the way
   */
  static async start(inputs: ScheduledApiKeyInputs, known: Known, reach: Reach): Promise<Progress> {
    const { surroundings, exchange } = reach;
    const place = await lookAtPlace(inputs, known, reach);
    if (isTakenBack(place, known)) surroundings.notice(takenBack(inputs));
    const now = surroundings.clock.now();
    const recorded = startOf(inputs, { known, place, now });
    const progress = new Progress(recorded, place, {
      store: surroundings.store(inputs.publish),
      stampKey: exchange.stampKeys[0],
      inputs,
      isIntentRecorded: isRecordedIntent(recorded, known),
    });
    for (const former of recorded.former) await requireAlone(former, { inputs, recorded }, reach);
    if (isStale(place, recorded.sealed, exchange.stampKeys)) await progress.publish(recorded.sealed);
    const after = overlapEnd(now, inputs.rotate);
    progress.recorded = leaveDelivery(
      leave(progress.recorded, known.document, { to: inputs.publish, after }),
      inputs.deliver,
      after,
    );
    return progress;
  }

  get isIntentRecorded(): boolean {
    return this.way.isIntentRecorded;
  }

  /** True in a run that nothing may hold up but the exchange itself. */
  get isIncident(): boolean {
    return isIncident(this.way.inputs, this.recorded);
  }

  /**
   * Publishes `document`, with a stamp. What it says is recorded first, so that a refused publication can be made up for.
   * @throws KeyError `PublicationFailed`, `Conflict`. In an incident neither, but {@link unpublished} says why
   */
  async publish(document: SealedDocument): Promise<void> {
    const { place, way } = this;
    const sealed = { ...document, seq: (document.seq ?? 0) + 1 };
    const current = versionIn(sealed, "current")?.serial;
    const { unshown: _, ...rest } = this.recorded;
    this.recorded = { ...rest, ...(current === this.shown ? {} : { unshown: true as const }), sealed };
    if (place.obstacle !== undefined) return;
    try {
      this.revision = (await way.store.write(stamped(sealed, way.stampKey), this.revision)).revision;
    } catch (error) {
      if (!this.isIncident || !(error instanceof KeyError)) throw error;
      this.unpublished = error;
      await this.lookAgain();
      return;
    }
    this.unpublished = undefined;
    this.shown = current;
    this.recorded = { ...rest, sealed };
  }

  /**
   * Looks whether one more version will fit, as far as that can be foreseen, before a key is asked for.
   * @throws KeyError `PublicationFailed`, code `TooLarge`
   */
  requireRoom(seal: string): void {
    const { sealed } = this.recorded;
    if (this.isIncident) return;
    requireFits(this.way.store, documentSize(sealed) + nextVersionSize(sealed, seal) + STAMP_BYTES);
  }

  /** What is published now, where it is what is recorded. */
  async published(): Promise<StoredDocument | undefined> {
    const found = await this.way.store.look();
    this.revision = found?.revision;
    const { text, document } = found ?? {};
    if (found === undefined || text === undefined || document === undefined) return undefined;
    return unstampedText(text) === writeDocument(this.recorded.sealed) ? { ...found, text, document } : undefined;
  }

  /** Somebody may have written in between: the next publication replaces what is there then. */
  private async lookAgain(): Promise<void> {
    try {
      this.revision = (await this.way.store.look())?.revision;
    } catch (error) {
      // The reason that counts is known already.
      if (!(error instanceof KeyError)) throw error;
    }
  }
}

function isRecordedIntent({ sealed: { intent } }: Recorded, { recorded }: Known): boolean {
  return intent !== undefined && intent.serial === recorded.sealed.intent?.serial;
}

interface Beginning {
  readonly known: Known;
  readonly place: Place;
  readonly now: Date;
}

/** What is recorded at the beginning of a run: state, and what counts of the document. */
function startOf(inputs: ScheduledApiKeyInputs, { known, place, now }: Beginning): Recorded {
  const { recorded } = known;
  const { believed, takesOver } = place;
  const until = overlapEnd(now, inputs.rotate).toISOString();
  const hash = takesOver ? (believed?.hash ?? recorded.hash) : recorded.hash;
  const strays = withOneMoreOverlap(recorded, place, { now, until });
  const { sealed, extended } = mergeDocuments({
    believed,
    recorded: recorded.sealed,
    identity: identityOf(inputs),
    holder: recorded.sealed.holder,
    hash,
    takesOver,
    supersededUntil: until,
    unshown: recorded.unshown === true,
    extended: recorded.extended ?? [],
  });
  const { unshown, ...rest } = recorded;
  const isShown = believed !== undefined && versionIn(believed, "current")?.serial === versionIn(sealed, "current")?.serial;
  return {
    ...rest,
    ...(known.takeOver && believed !== undefined ? takenOver(inputs, sealed, now) : {}),
    ...(unshown === true && !isShown ? { unshown } : {}),
    hash,
    strays: strays.kept.filter((stray) => !sealed.versions.some(({ apiKey }) => apiKey === stray.apiKey)),
    extended: [...new Set([...extended, ...strays.extended])],
    sealed,
  };
}

/**
 * Another run recorded an end that has passed, and an older state may have been restored since. If the document does not confirm the
 * state, a stray's end counts once from now.
 */
function withOneMoreOverlap(
  { strays, extended = [] }: Recorded,
  { worth }: Place,
  { now, until }: { readonly now: Date; readonly until: string },
): { readonly kept: readonly Stray[]; readonly extended: readonly ApiKeyId[] } {
  const before = strays.map(({ apiKey }) => apiKey).filter((apiKey) => extended.includes(apiKey));
  if (worth === "same" || worth === "good") return { kept: strays, extended: before };
  const again = strays.filter((stray) => !before.includes(stray.apiKey) && hasPassed(stray.until, now));
  const kept = strays.map((stray) => (again.includes(stray) ? { ...stray, until } : stray));
  return { kept, extended: [...before, ...again.map(({ apiKey }) => apiKey)] };
}

/**
 * A key that is taken over is not rotated for its age alone, nor for a trigger that its former holder may have served. But where no overlap is
 * declared, a key may have leaked, and only a version that was issued because of the trigger serves it.
 */
function takenOver(
  inputs: ScheduledApiKeyInputs,
  sealed: SealedDocument,
  now: Date,
): Pick<Recorded, "heldSince" | "servedTrigger"> {
  const { trigger } = inputs.rotate;
  const isServed = trigger !== undefined && !isIncident(inputs, {}) && sealed.versions.length > 0;
  return { heldSince: now.toISOString(), ...(isServed ? { servedTrigger: trigger } : {}) };
}

/**
 * True when what is published is not what is known, or bears no good stamp: it is then written before anything else. Where nothing is known, what
 * lies there stays until a key is asked for.
 */
function isStale({ found, worth }: Place, sealed: SealedDocument, keys: readonly StampKey[]): boolean {
  if (sealed.versions.length === 0 && worth !== "same" && worth !== "good") return false;
  if (found === undefined) return true;
  if (found.text === undefined || unstampedText(found.text) !== writeDocument(sealed)) return true;
  return checkStamp(found.text, keys) !== "right";
}

/**
 * True when a document that was ours names us as its former holder. The replacing run died and was never recorded. If it had been, the
 * engine would not ask us. Where another stack took it, that one is refused from now on.
 */
function isTakenBack({ believed }: Place, { recorded, takeOver }: Known): boolean {
  return !takeOver && believed !== undefined && believed.holder !== recorded.sealed.holder;
}

function takenBack({ exchange, name }: ApiKeyInputs): string {
  return `${exchange} "${name}": a run that was never recorded had taken this key over; it is managed from here again. If another stack declares it too, that one will be refused`;
}

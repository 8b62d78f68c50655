import type { SealedDocument } from "../seal/document";
import { sameIdentity } from "./inputs";
import type { Identity } from "./words";

/**
 * What a published document is worth.
 *
 * - `absent`: nothing is there.
 * - `same`: its text is what state holds. It needs no stamp.
 * - `good`: this deployer wrote it, after what state holds and for the same key.
 * - `old`: this deployer wrote it, before what state holds.
 * - `other`: this deployer wrote it for another key, or for an earlier life of this one.
 * - `forged`: no deployer wrote it as it is: without a stamp, with a wrong one, or not readable at all.
 * - `unknown`: its stamp was made with a parent credential that is not at hand.
 * - `newer`: a newer release wrote it, in a format that this one cannot read.
 */
export type Worth = "absent" | "same" | "good" | "old" | "other" | "forged" | "unknown" | "newer";

/** What was found at a place of publication. */
export interface Sight {
  /** Absent where what is there cannot be read as a document. */
  readonly document: SealedDocument | undefined;
  /** What the stamp of its text is worth. */
  readonly stamp: "right" | "wrong" | "unknown" | "none";
  /** True when the text, without its stamp, is what state holds. */
  readonly isRecorded: boolean;
  /** True when it has a format that only a newer release reads. */
  readonly isNewer: boolean;
}

/** A document's worth, and the document itself where it may be believed. There is no other way to get at it. */
export interface Judgement {
  readonly worth: Worth;
  readonly believed: SealedDocument | undefined;
}

/**
 * Judges a document against what state records of the same key. State is the authority for all that it knows. A document only adds to it,
 * and only if it is provably a later act of this deployer.
 */
export function judge(sight: Sight | undefined, recorded: SealedDocument): Judgement {
  const worth = worthOf(sight, recorded);
  return { worth, believed: worth === "same" || worth === "good" ? sight?.document : undefined };
}

/** The same where state knows nothing of the key: a right stamp and the declared identity are then the proof. */
export function judgeWithoutState(sight: Sight | undefined, identity: Identity): Judgement {
  const worth = worthWithoutState(sight, identity);
  return { worth, believed: worth === "good" ? sight?.document : undefined };
}

function worthOf(sight: Sight | undefined, recorded: SealedDocument): Worth {
  if (sight === undefined) return "absent";
  if (sight.isRecorded) return "same";
  const strange = strangeness(sight);
  if (strange !== undefined || sight.document === undefined) return strange ?? "forged";
  if (!isOfLineage(sight.document, recorded.holder)) return "other";
  return sequenceOf(sight.document) >= sequenceOf(recorded) ? "good" : "old";
}

function worthWithoutState(sight: Sight | undefined, identity: Identity): Worth {
  if (sight === undefined) return "absent";
  const strange = strangeness(sight);
  if (strange !== undefined || sight.document === undefined) return strange ?? "forged";
  return sameIdentity(sight.document.identity, identity) ? "good" : "other";
}

/** Why a text is not provably ours. `undefined` when it is. */
function strangeness({ document, stamp, isNewer }: Sight): Worth | undefined {
  if (isNewer) return "newer";
  // Whatever stamp it bears: nobody can tell whose it is.
  if (document === undefined) return "forged";
  if (stamp === "right") return undefined;
  return stamp === "unknown" ? "unknown" : "forged";
}

/** True when `holder` holds the document, or once held it. Holders are random, so no document of another key names one of ours. */
export function isOfLineage(document: SealedDocument, holder: string): boolean {
  return [document.holder, ...(document.takenFrom ?? []), ...(document.heldBefore ?? [])].includes(holder);
}

/** How many publications a document has seen. One of a release before stamps has seen none that counts. */
export function sequenceOf({ seq = 0 }: Pick<SealedDocument, "seq">): number {
  return seq;
}

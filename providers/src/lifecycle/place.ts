import { ADOPTED_HOLDER } from "../core/adopted-document";
import { isIncident } from "../core/causes";
import { KeyError } from "../core/errors";
import { identityOf, type ScheduledApiKeyInputs, sameIdentity } from "../core/inputs";
import { labelledDocument } from "../core/labelled";
import { ownershipOf } from "../core/ownership";
import type { Recorded } from "../core/record";
import { overlapEnd } from "../core/schedule";
import type { Hint } from "../core/situation";
import { judge, judgeWithoutState, type Sight, type Worth } from "../core/worth";
import type { DocumentStore, Found } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import { writeDocument } from "../seal/parse-document";
import { checkStamp, unstampedText } from "../seal/stamp";
import type { Exchange, Surroundings } from "./surroundings";

/** What a run knows before it looks at where the document is published. */
export interface Known {
  readonly recorded: Recorded;
  /** Where the document was published before this run. */
  readonly document: string;
  /** True in create: a document of the same identity is then taken over from whoever held it. */
  readonly takeOver: boolean;
}

/** What reaches outside. */
export interface Reach {
  readonly surroundings: Surroundings;
  readonly exchange: Exchange;
}

/** A place of publication, and what of it may be gone on from. */
export interface Place {
  readonly worth: Worth;
  /** Only what state, a good stamp or labels prove. */
  readonly believed: SealedDocument | undefined;
  /** What lies there. Absent when nothing does, or nothing that can be read. */
  readonly found: Found | undefined;
  /** True when what is believed was another resource's until now. */
  readonly takesOver: boolean;
  /** What a document that is not believed says. */
  readonly hints: readonly Hint[];
  /** Why nothing may be published there in this run, but the run goes on all the same: somebody else's document. */
  readonly obstacle?: KeyError;
}

/**
 * Looks at where the document is published, and says what of it counts.
 * @throws KeyError `Conflict` where it is another key's or another resource's. `TamperedDocument` where it cannot be read and is not known to
 * be ours, code `NewerFormat` where a newer release wrote it. In an incident none of these holds anything up.
 */
export async function lookAtPlace(inputs: ScheduledApiKeyInputs, known: Known, reach: Reach): Promise<Place> {
  const store = reach.surroundings.store(inputs.publish);
  const goesOn = !known.takeOver && isIncident(inputs, known.recorded);
  const found = await foundAt(store, goesOn);
  if (found instanceof KeyError)
    return { worth: "forged", believed: undefined, found: undefined, takesOver: false, hints: [], obstacle: found };
  const sight = found === undefined ? undefined : sightOf(found, known.recorded.sealed, reach.exchange);
  if (known.takeOver) return await placeToTakeOver(inputs, { found, sight, known }, reach);
  const { worth, believed } = judge(sight, known.recorded.sealed);
  const isOurs = known.document === inputs.publish;
  const place = { worth, believed, found, takesOver: false, hints: hintsOf(sight?.document, { worth, seal: inputs.seal }) };
  const refusal = await refusalOf(inputs, { ...place, isOurs, known, sight }, reach);
  if (refusal === undefined) return announced(inputs, { ...place, known, sight }, reach.surroundings);
  if (!goesOn || (worth === "good" && believed !== undefined)) throw refusal;
  return { ...place, ...(worth === "newer" && isOurs ? {} : { obstacle: refusal }) };
}

/** How a document looks beside what state holds. */
export function sightOf(found: Found, recorded: SealedDocument, { stampKeys }: Pick<Exchange, "stampKeys">): Sight {
  const { text, document, problem } = found;
  return {
    document,
    stamp: text === undefined ? "none" : checkStamp(text, stampKeys),
    isRecorded: text !== undefined && unstampedText(text) === writeDocument(recorded),
    isNewer: problem?.code === "NewerFormat",
  };
}

async function foundAt(store: DocumentStore, goesOn: boolean): Promise<Found | KeyError | undefined> {
  try {
    return await store.look();
  } catch (error) {
    if (goesOn && error instanceof KeyError) return error;
    throw error;
  }
}

interface Newcomer {
  readonly found: Found | undefined;
  readonly sight: Sight | undefined;
  readonly known: Known;
}

/** Where state knows nothing of the key: a good stamp and the same identity take the document over, else what labels prove. */
async function placeToTakeOver(inputs: ScheduledApiKeyInputs, { found, sight, known }: Newcomer, reach: Reach): Promise<Place> {
  const { worth, believed } = judgeWithoutState(sight, identityOf(inputs));
  const none = { worth, believed: undefined, found, takesOver: false, hints: [] };
  if (found === undefined) return none;
  const { document, problem } = found;
  if (document === undefined) throw problem ?? new TypeError("a document that cannot be read has a problem");
  if (!sameIdentity(document.identity, inputs)) throw conflict(inputs, "it belongs to another key");
  if (document.holder.startsWith(ADOPTED_HOLDER)) throw conflict(inputs, "it is of an AdoptedApiKey");
  if (believed !== undefined) return { ...none, believed, takesOver: true };
  const { descriptor } = reach.exchange.adapter;
  const hints = hintsOf(document, { worth, seal: inputs.seal });
  if (ownershipOf(descriptor) !== "label") return { ...none, hints };
  const now = reach.surroundings.clock.now();
  const listed = await reach.exchange.fresh(inputs.subAccount, []);
  const until = overlapEnd(now, inputs.rotate).toISOString();
  const proof = { listed, hash: known.recorded.hash, seal: inputs.seal, now, until };
  const proven = labelledDocument(document, proof);
  reach.surroundings.notice(
    `${inputs.exchange} "${inputs.name}": the document at ${inputs.publish} bears no stamp of this account's parent; ` +
      `${proven.versions.length} of its versions were taken over, because the exchange lists them under our label`,
  );
  return { ...none, believed: proven, hints };
}

type Judged = Place & { readonly isOurs: boolean; readonly known: Known; readonly sight: Sight | undefined };

/** Why a run may not go on from a place. `undefined` when it may. */
async function refusalOf(inputs: ScheduledApiKeyInputs, judged: Judged, reach: Reach): Promise<KeyError | undefined> {
  const { worth, sight, known, isOurs, found } = judged;
  const { holder } = known.recorded.sealed;
  const document = sight?.document;
  if (worth === "newer") return found?.problem;
  if (worth === "good" && document !== undefined && !isHeldBy(document, holder))
    return conflict(inputs, "another resource has taken this key over");
  if (worth === "unknown" && document?.holder !== holder)
    return conflict(inputs, "its stamp was made with another parent credential, and another resource holds it");
  if (worth === "other" && document !== undefined && !(await isDead(document, inputs, { known, reach }))) {
    const isSame = sameIdentity(document.identity, known.recorded.sealed.identity) || sameIdentity(document.identity, inputs);
    return conflict(inputs, isSame ? "another resource has made this key anew" : "it belongs to another key");
  }
  if (worth === "forged" && !isOurs) return found?.problem ?? conflict(inputs, "no deployer of this account wrote it");
  return undefined;
}

/** Ours, or of a run that took it from us and was never recorded. */
function isHeldBy({ holder, takenFrom = [] }: SealedDocument, ours: string): boolean {
  return holder === ours || takenFrom.includes(ours);
}

/** True for a document of an earlier life of the same key. None of the keys that it names lives, except those that state knows. */
async function isDead(
  document: SealedDocument,
  inputs: ScheduledApiKeyInputs,
  { known, reach }: { readonly known: Known; readonly reach: Reach },
): Promise<boolean> {
  const { sealed, strays } = known.recorded;
  if (!sameIdentity(document.identity, sealed.identity)) return false;
  const ours = new Set([...sealed.versions, ...strays].map(({ apiKey }) => apiKey));
  const living = new Set((await reach.exchange.fresh(inputs.subAccount, [])).map(({ apiKey }) => apiKey));
  return document.versions.every(({ apiKey }) => ours.has(apiKey) || !living.has(apiKey));
}

const NOTICES: Readonly<Partial<Record<Worth, string>>> = {
  old: "is an older one that somebody put back",
  other: "is of an earlier life of this key",
  forged: "was edited: no deployer wrote it",
  unknown: "bears the stamp of another parent credential",
};
const UNSTAMPED = "bears no stamp: an older release wrote it, or somebody edited it";

function announced(
  inputs: ScheduledApiKeyInputs,
  { known, sight, ...place }: Place & Pick<Judged, "known" | "sight">,
  surroundings: Surroundings,
): Place {
  const isBehind = place.worth === "old" && known.recorded.unshown === true;
  const said = place.worth === "forged" && sight?.stamp === "none" ? UNSTAMPED : NOTICES[place.worth];
  if (said !== undefined && !isBehind)
    surroundings.notice(
      `${inputs.exchange} "${inputs.name}": the document at ${inputs.publish} ${said}; it is published again from the state`,
    );
  return place;
}

/** What is worth keeping of a document that is not believed. A passphrase counts only where it is sealed by the declared key. */
function hintsOf(
  document: SealedDocument | undefined,
  { worth, seal }: { readonly worth: Worth; readonly seal: string },
): readonly Hint[] {
  if (document === undefined || worth === "same" || worth === "good") return [];
  const versions = document.versions.map(({ apiKey, serial, key, passphrase, identity = document.identity }): Hint => {
    const sealed =
      passphrase === undefined || key !== seal ? {} : { passphrase: { key, ciphertext: passphrase, serial, identity } };
    return { apiKey, serial, ...sealed };
  });
  const { intent } = document;
  if (intent?.passphrase === undefined || intent.passphrase.key !== seal) return versions;
  const { serial, passphrase, identity = document.identity } = intent;
  return [...versions, { serial, passphrase: { ...passphrase, serial, identity } }];
}

function conflict(inputs: ScheduledApiKeyInputs, how: string): KeyError {
  return new KeyError({
    kind: "Conflict",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `the document at ${inputs.publish} is not ours: ${how}`,
    hint: "Publish each key to a place of its own, and declare each key in one stack only. If nobody uses this document, remove it and run up again.",
  });
}

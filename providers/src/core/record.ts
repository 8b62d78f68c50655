import type { SealedDocument, SealedVersion } from "../seal/document";
import { pickInputs, type ScheduledApiKeyInputs } from "./inputs";
import { shown } from "./shown";
import type { ApiKeyId, Identity } from "./words";

/** A key of ours that neither state nor document knew. It is retired after the normal overlap, never earlier without need. */
export interface Stray {
  readonly apiKey: ApiKeyId;
  /** Absent where keys carry no label. */
  readonly serial?: number;
  /** ISO time from which it may be retired. */
  readonly until: string;
  /** Ciphertext of the passphrase that manages it, where a document that nobody believes still held it. */
  readonly passphrase?: StrayPassphrase;
  /** True when its secret was lost in an issue of this deployer: nobody can hold it, so its end takes nothing from the budget. */
  readonly lost?: true;
  /** True when bots may hold it although the document does not show it: an older one was put back, or it was lost or edited. */
  readonly hidden?: true;
}

/** A passphrase that manages a key, sealed under the declared key, its owner's identity and the serial. */
export interface StrayPassphrase {
  readonly key: string;
  readonly ciphertext: string;
  readonly serial: number;
  /** Present where it is not the key's present identity. */
  readonly identity?: Identity;
}

/** A place where the document was published before `publish` changed, or the key delivered before `deliver` did. */
export interface FormerDocument {
  readonly url: string;
  /** ISO time from which nobody needs it any more. */
  readonly after: string;
}

/** What a place of delivery was last made to show. */
export interface Delivered {
  readonly url: string;
  readonly serial: number;
  /** Serial of the version beside it, in an overlap. */
  readonly previous?: number;
}

/** What a resource knows beyond its inputs. Who holds the document stands in `sealed`. */
export interface Recorded {
  /** Owner hash of the label, computed once. */
  readonly hash: string;
  /** ISO time since which this resource holds a key that another one made. */
  readonly heldSince?: string;
  /** The trigger that the current version answers. */
  readonly servedTrigger?: string;
  readonly strays: readonly Stray[];
  readonly former: readonly FormerDocument[];
  readonly delivered?: Delivered;
  /** True while the current version was never read back from where it is to be published. */
  readonly unshown?: true;
  /** Public ids of superseded versions and strays that were given one more overlap, because their successor was hidden. None is given two. */
  readonly extended?: readonly ApiKeyId[];
  readonly sealed: SealedDocument;
}

/** `unfinished` makes the next `up` go on, whatever the engine remembers. */
export type Status = "ready" | "unfinished";

/** What differs between declared and observed: where → what, for people. */
export type Drift = Readonly<Record<string, string>>;

/** Drift as people may see it, without what does not differ: names and flags in it are the exchange's. */
export function driftOf(entries: readonly (readonly [where: string, change: string])[]): Drift {
  return Object.fromEntries(
    entries.filter(([, change]) => change !== "").map(([where, change]) => [shown(where), shown(change)]),
  );
}

/** The outputs of a resource: every input, what is recorded, and what people and other resources read. */
export interface ApiKeyOutputs extends ScheduledApiKeyInputs {
  readonly hash: string;
  readonly heldSince?: string;
  readonly servedTrigger?: string;
  readonly strays?: readonly Stray[];
  readonly former?: readonly FormerDocument[];
  readonly delivered?: Delivered;
  readonly unshown?: true;
  readonly extended?: readonly ApiKeyId[];
  /** The document itself, ciphertext only, so that it can be published again. */
  readonly sealed: SealedDocument;
  readonly status: Status;
  /** What the last read saw that is not as declared. Absent when nothing. */
  readonly observed?: Drift;
}

export function versionIn(document: SealedDocument, state: SealedVersion["state"]): SealedVersion | undefined {
  return document.versions.find((version) => version.state === state);
}

export function recordedIn(outputs: ApiKeyOutputs): Recorded {
  return {
    hash: outputs.hash,
    ...(outputs.heldSince === undefined ? {} : { heldSince: outputs.heldSince }),
    ...(outputs.servedTrigger === undefined ? {} : { servedTrigger: outputs.servedTrigger }),
    strays: outputs.strays ?? [],
    former: outputs.former ?? [],
    ...(outputs.delivered === undefined ? {} : { delivered: outputs.delivered }),
    ...(outputs.unshown === undefined ? {} : { unshown: outputs.unshown }),
    ...(outputs.extended === undefined ? {} : { extended: outputs.extended }),
    sealed: outputs.sealed,
  };
}

/** Complete outputs, without a single `undefined`: the engine would turn one into a failure after the work was done. */
export function outputsOf(inputs: ScheduledApiKeyInputs, recorded: Recorded, status: Status): ApiKeyOutputs {
  const outputs = {
    ...pickInputs({ ...inputs }),
    ...recorded,
    strays: recorded.strays.length === 0 ? undefined : recorded.strays,
    former: recorded.former.length === 0 ? undefined : recorded.former,
    extended: recorded.extended?.length === 0 ? undefined : recorded.extended,
    status,
  };
  return JSON.parse(JSON.stringify(outputs)) as ApiKeyOutputs;
}

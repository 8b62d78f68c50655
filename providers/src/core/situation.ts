import type { SealedVersion } from "../seal/document";
import type { RotationCause } from "./causes";
import type { DueDelivery } from "./delivered";
import type { ScheduledApiKeyInputs } from "./inputs";
import type { Ownership } from "./ownership";
import type { FormerDocument, Recorded, Stray, StrayPassphrase } from "./record";
import type { ApiKeyId, Scope } from "./words";

/** What the planner has to know of a key at the exchange. */
export interface ListedKey {
  readonly apiKey: ApiKeyId;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly unknownFlags: readonly string[];
  /** Absent where it was not read: the key is then no recorded version. */
  readonly ipWhitelist?: readonly string[];
  readonly expired: boolean;
  /** Not honoured at present: nothing tells whether that will end. */
  readonly blocked?: boolean;
}

/** Everything a plan is made from. `recorded.sealed` is the merged document. */
export interface Situation {
  readonly inputs: ScheduledApiKeyInputs;
  readonly recorded: Recorded;
  /** Every key of the sub-account. */
  readonly listed: readonly ListedKey[];
  readonly ownership: Ownership;
  readonly inPlace: { readonly scopes: boolean; readonly ipWhitelist: boolean };
  /** Scopes that no read shows. */
  readonly unlisted: readonly Scope[];
  readonly now: Date;
  /** By how much this machine's clock is ahead of the exchange's. Beyond an hour, what a clock alone makes due is left out. */
  readonly clockDifferenceMs?: number;
  /** What this run did itself. */
  readonly run: RunSoFar;
}

/** What one run knows of itself: a later one knows nothing of it. */
export interface RunSoFar {
  /** Public ids of the keys that it issued. */
  readonly issued: ReadonlySet<ApiKeyId>;
  /** In an incident it tried in vain to end these keys, by public id, or to deliver to these places. */
  readonly failed: ReadonlySet<string>;
  /** True where the document was lost, old, edited or of an unknown parent: bots may hold keys that it does not name. */
  readonly isHidden: boolean;
  /** True where state holds the intent. One that only the document holds may be of an older text that somebody put back. */
  readonly isIntentRecorded: boolean;
  /** What a document that nobody believes says of keys. */
  readonly hints: readonly Hint[];
}

/** Of one key, by its public id, or by its serial alone where an intent says it. Nothing is done because of a hint. */
export interface Hint {
  readonly apiKey?: ApiKeyId;
  readonly serial: number;
  readonly passphrase?: StrayPassphrase;
}

/** One thing to do. The executor does them in order and then plans again from what it sees, until nothing is left. */
export type Step =
  /** A version that the list lacks: confirm that it is gone, then drop it. */
  | { readonly do: "drop"; readonly version: SealedVersion }
  /** A key of an issue whose answer was lost: nobody can open it, nor was it ever published. */
  | { readonly do: "revokeLost"; readonly apiKey: ApiKeyId }
  | { readonly do: "recordStray"; readonly stray: Stray }
  /** Keys that somebody made in a sub-account declared exclusive. */
  | { readonly do: "refuseForeign"; readonly apiKeys: readonly ApiKeyId[] }
  | { readonly do: "forgetStray"; readonly apiKey: ApiKeyId }
  /** A version that this run issued and that is not as declared. */
  | { readonly do: "reject"; readonly version: SealedVersion }
  /** A pending version that an earlier run issued and that will not be used: it may have been shown since, so it becomes a stray. */
  | { readonly do: "setAside"; readonly version: SealedVersion; readonly stray: Stray }
  | { readonly do: "promote"; readonly version: SealedVersion }
  | { readonly do: "set"; readonly version: SealedVersion }
  | { readonly do: "deliver"; readonly delivery: DueDelivery }
  | { readonly do: "retire"; readonly version: SealedVersion }
  | { readonly do: "retireStray"; readonly stray: Stray }
  | { readonly do: "unpublish"; readonly former: FormerDocument }
  /** The exchange no longer honours it, but still lists it. */
  | { readonly do: "revokeExpired"; readonly version: SealedVersion }
  | { readonly do: "issue"; readonly serial: number; readonly cause: RotationCause }
  /** The exchange lists the key but does not serve it. It may be locked. Fail, and never revoke it. */
  | { readonly do: "refuseBlocked"; readonly version: SealedVersion }
  /** Keys of ours that bear somebody else's label. */
  | { readonly do: "refuseRelabelled"; readonly apiKeys: readonly ApiKeyId[] }
  /** A rotation that a person asked for and the present overlap forbids. */
  | { readonly do: "refuse"; readonly cause: RotationCause; readonly until: string }
  /** A rotation for which the caller has to supply another public key than that of `version`. */
  | { readonly do: "askForKey"; readonly cause: RotationCause; readonly version: SealedVersion };

import { shown } from "./shown";

/**
 * What went wrong, as a stable word. See `docs/errors.md` for what to do about each.
 *
 * - `InvalidInput`, `PolicyViolation`, `NotSupported`: refused before any request.
 * - `AuthFailed`, `PermissionDenied`, `IpNotAllowed`, `ClockSkew`, `KeyExpired`, `AccountBlocked`: our standing with the exchange is wrong. Never "gone".
 * - `NotFound`: the exchange says that the key does not exist.
 * - `Conflict`, `LabelTaken`, `LimitReached`: the exchange or the published document holds something in the way.
 * - `RateLimited`, `Unavailable`: temporary. Nothing was done.
 * - `OutcomeUnknown`: the answer was lost. The act may or may not have happened.
 * - `BadResponse`: an answer of an unexpected shape, or with a code nobody has described yet.
 * - `TlsRefused`, `EnvironmentRefused`, `CredentialsUnavailable`: we did not get as far as asking.
 * - `SealFailed`, `OpenFailed`, `PublicationFailed`: KMS, key file or document store.
 * - `DeliveryFailed`: an opened key could not be put where it is delivered. Key and document are there.
 * - `VerificationFailed`: the exchange did not make the key as declared. The key is gone again.
 * - `BudgetSpent`: this run has revoked as many keys as it may. Nothing of this key was touched.
 * - `RotationBlocked`: a rotation was asked for that the present overlap forbids.
 * - `PublicKeyNeeded`: a rotation is due, and the declared public key is that of a version that lives.
 * - `JournalFailed`: what is to be done cannot be written down, so it is not done.
 * - `WrongDocument`, `WrongContext`, `SwappedVersion`, `OlderDocument`, `VersionExpired`: a sealed document is not the one its opener expects.
 * - `EditedPublicId`, `EditedScopes`, `EditedDates`, `EditedFingerprint`, `TamperedDocument`: what a document shows is not what was sealed.
 * - `WrongPrivateKey`: none of the private keys that an opener gave belongs to the version's public key.
 */
export const ERROR_KINDS = [
  "InvalidInput",
  "PolicyViolation",
  "NotSupported",
  "AuthFailed",
  "PermissionDenied",
  "IpNotAllowed",
  "ClockSkew",
  "KeyExpired",
  "AccountBlocked",
  "NotFound",
  "Conflict",
  "LabelTaken",
  "LimitReached",
  "RateLimited",
  "Unavailable",
  "OutcomeUnknown",
  "BadResponse",
  "TlsRefused",
  "EnvironmentRefused",
  "CredentialsUnavailable",
  "SealFailed",
  "OpenFailed",
  "PublicationFailed",
  "DeliveryFailed",
  "VerificationFailed",
  "BudgetSpent",
  "RotationBlocked",
  "PublicKeyNeeded",
  "JournalFailed",
  "WrongDocument",
  "WrongContext",
  "SwappedVersion",
  "OlderDocument",
  "VersionExpired",
  "EditedPublicId",
  "EditedScopes",
  "EditedDates",
  "EditedFingerprint",
  "TamperedDocument",
  "WrongPrivateKey",
] as const;
/** A stable word for what went wrong. `docs/errors.md` says what to do about each. */
export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface ErrorFacts {
  readonly kind: ErrorKind;
  /** What failed, in plain words, without any value that came from an answer. */
  readonly message: string;
  readonly exchange?: string;
  readonly operation?: string;
  /** The exchange's or the service's own code. */
  readonly code?: string;
  /** What to do next. */
  readonly hint?: string;
  /** Milliseconds after which trying again makes sense (`RateLimited`). */
  readonly retryAfterMs?: number;
}

/** What to do about a kind, where the place that failed knows nothing better. */
const HINTS: Readonly<Partial<Record<ErrorKind, string>>> = {
  AuthFailed: "Check what the account's credential references point to.",
  ClockSkew: "Set the clock of the machine this runs on.",
  CredentialsUnavailable: "Make what the account's credential references point to readable for this run.",
  IpNotAllowed: "Run from an address that the parent key allows, or allow this one on the exchange's page.",
  LabelTaken: "Remove or rename the other key, or run up again: the next serial has another label.",
  LimitReached: "Revoke keys that nobody uses, or use another sub-account.",
  PermissionDenied: "Give the parent key the right to manage keys of sub-accounts.",
  RateLimited: "Run again later.",
  Unavailable: "Run again later.",
};

/**
 * The one error of this package. Its text never holds a secret, URL, body, query or header. It keeps no `cause`, because the errors
 * underneath (ccxt, HTTP, SDKs) carry requests and answers. What a terminal would obey is escaped in it.
 */
export class KeyError extends Error {
  override readonly name = "KeyError";
  readonly kind: ErrorKind;
  readonly exchange: string | undefined;
  readonly operation: string | undefined;
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(facts: ErrorFacts) {
    const hint = facts.hint ?? HINTS[facts.kind];
    super(describe({ ...facts, ...(hint === undefined ? {} : { hint }) }));
    this.kind = facts.kind;
    this.exchange = facts.exchange;
    this.operation = facts.operation;
    this.code = facts.code;
    this.hint = hint;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** True for a {@link KeyError} of one of `kinds`, also one made by another copy of this package. */
export function isKind(error: unknown, ...kinds: readonly ErrorKind[]): error is KeyError {
  return error instanceof Error && error.name === "KeyError" && kinds.includes((error as KeyError).kind);
}

function describe(facts: ErrorFacts): string {
  const where = [facts.exchange, facts.operation].filter((part) => part !== undefined).join(" ");
  const code = facts.code === undefined ? "" : ` (code ${facts.code})`;
  const hint = facts.hint === undefined ? "" : ` ${facts.hint}`;
  const wait = facts.retryAfterMs === undefined ? "" : ` It asks to wait ${Math.ceil(facts.retryAfterMs / 1000)} s.`;
  return shown(`${where === "" ? "" : `${where}: `}${facts.kind}: ${facts.message}${code}.${wait}${hint}`);
}

import type { SealedDocument, SealedVersion } from "../seal/document";
import { EXPIRY_MARGIN_MS } from "./causes";
import { ceilHour, floorHour, HOUR_MS, parseDuration, showHour } from "./duration";
import type { Drift } from "./record";
import { versionIn } from "./record";
import { type ApiKeyId, type Environment, type Identity, PROGRAM, type Scope } from "./words";

/** What stands for the sub-account of a master key. */
export const MASTER = "master";

/** One key that a person made, as it is declared, complete. */
export interface AdoptedInputs extends Identity {
  readonly environment: Environment;
  readonly purpose: string;
  readonly scopes: readonly Scope[];
  /** Permissions that our scopes have no word for, by the exchange's own names. */
  readonly otherPermissions?: readonly string[];
  readonly ipWhitelist: readonly string[];
  /** Where `exchange-keys adopt` publishes the sealed document. */
  readonly publish: string;
  /** Sealing reference that the document has to be sealed by. Any when left out. */
  readonly seal?: string;
  /** Such as `90d`: how old the key may get. */
  readonly maxAge: string;
  /** What an overdue or expired key is: an error of this resource, or a warning. */
  readonly onOverdue: "error" | "warn";
  /** ISO time at which the right to withdraw was given, if that was after the key was made. */
  readonly withdrawEnabledAt?: string;
  /** Addresses of the whitelist from which the deployer may sign with the key itself, to see what it can do. */
  readonly verifyFrom?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** The internal input that check adds, so that a preview shows when the key becomes overdue. On the hour. */
export interface Watch {
  readonly dueAt: string;
  /** Of the version that this is about. */
  readonly serial: number;
  /** What is due. Absent while nothing is. */
  readonly why?: string;
}

export interface WatchedInputs extends AdoptedInputs {
  /** Absent while no document could be read. */
  readonly watch?: Watch;
}

/** Names of every input. Outputs repeat exactly these, so that read can give inputs back. */
export const ADOPTED_INPUT_NAMES = [
  "environment",
  "owner",
  "exchange",
  "account",
  "subAccount",
  "name",
  "bot",
  "purpose",
  "scopes",
  "otherPermissions",
  "ipWhitelist",
  "publish",
  "seal",
  "maxAge",
  "onOverdue",
  "withdrawEnabledAt",
  "verifyFrom",
  "tags",
  "watch",
] as const satisfies readonly (keyof WatchedInputs)[];

/** `overdue`: older than `maxAge`, or close to its end. `expired`: the exchange no longer honours it. */
export type AdoptedStatus = "ready" | "overdue" | "expired";

/** The outputs: every input, and what the published document says. Never its ciphertext. */
export interface AdoptedOutputs extends WatchedInputs {
  readonly apiKey: ApiKeyId;
  readonly serial: number;
  readonly issuedAt: string;
  readonly expiresAt?: string;
  /** ISO time from which the key can withdraw, where the exchange makes it wait. */
  readonly usableFrom?: string;
  /** Of the whole document. */
  readonly digest: string;
  readonly holder: string;
  readonly status: AdoptedStatus;
  /** What the last read saw that is not as declared or recorded. Absent when nothing. */
  readonly observed?: Drift;
}

type Ages = Pick<SealedVersion, "issuedAt" | "notAfter">;

/** The full hour from which a key is overdue: by age, or a day before it expires. */
export function dueAt(version: Ages, maxAge: string): Date {
  const age = Date.parse(version.issuedAt) + (parseDuration(maxAge) ?? Number.POSITIVE_INFINITY);
  const expiry = version.notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(version.notAfter) - EXPIRY_MARGIN_MS;
  return ceilHour(new Date(Math.min(age, expiry)));
}

/** By the full hour, so that a preview and its `up` agree. */
export function standingOf(version: Ages, maxAge: string, now: Date): AdoptedStatus {
  const hour = floorHour(now).getTime();
  if (version.notAfter !== undefined && Date.parse(version.notAfter) <= hour) return "expired";
  return dueAt(version, maxAge).getTime() <= hour ? "overdue" : "ready";
}

/**
 * What is due, as an input. It changes only when there is another version or age limit, and when the time has come.
 * @param known what check can read of the document. `undefined` where it would have to leave this machine
 */
export function watchOf(
  old: Watch | undefined,
  known: { readonly document: SealedDocument | undefined; readonly maxAge: string },
  now: Date,
): Watch | undefined {
  const version = known.document === undefined ? undefined : versionIn(known.document, "current");
  const due = version === undefined ? old?.dueAt : showHour(dueAt(version, known.maxAge));
  const serial = version?.serial ?? old?.serial;
  if (due === undefined || serial === undefined) return undefined;
  const over = Date.parse(due) <= floorHour(now).getTime();
  return { dueAt: due, serial, ...(over ? { why: `overdue since ${due}: ${whatToDo}` } : {}) };
}

const whatToDo = `make a new key by hand, then run ${PROGRAM} adopt`;

/** ISO time from which the key can withdraw. `undefined` where nothing makes it wait. */
export function usableFrom(
  key: { readonly scopes: readonly Scope[]; readonly withdrawEnabledAt?: string; readonly issuedAt: string },
  cooldownHours: number | undefined,
): string | undefined {
  if (cooldownHours === undefined || !key.scopes.includes("withdraw")) return undefined;
  return new Date(Date.parse(key.withdrawEnabledAt ?? key.issuedAt) + cooldownHours * HOUR_MS).toISOString();
}

/** Why an update has something to do although no input changed. */
export function adoptedReasons(outputs: AdoptedOutputs, now: Date): readonly string[] {
  const { issuedAt, expiresAt, maxAge, status } = outputs;
  const version = { issuedAt, ...(expiresAt === undefined ? {} : { notAfter: expiresAt }) };
  const reasons: (string | false)[] = [
    outputs.observed !== undefined && "drift",
    standingOf(version, maxAge, now) !== status && "status",
  ];
  return reasons.filter((reason) => reason !== false);
}

/** The inputs among `properties`, and nothing else. */
export function pickAdoptedInputs(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = ADOPTED_INPUT_NAMES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, properties[name]]));
}

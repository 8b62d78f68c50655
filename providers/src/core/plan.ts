import type { SealedVersion } from "../seal/document";
import { isOpen, overlapUntil, type RotationCause, rotationCause } from "./causes";
import { type DueDelivery, dueDelivery } from "./delivered";
import { floorHour } from "./duration";
import { type ScheduledApiKeyInputs, sameIdentity } from "./inputs";
import { shownAddresses } from "./masked";
import { foreignKeys, isRecent, lostKeys, type Ownership, serialOf, unknownKeys } from "./ownership";
import { declaredFingerprint } from "./public-key";
import { type FormerDocument, type Recorded, type Stray, versionIn } from "./record";
import { overlapEnd } from "./schedule";
import { canonicalAddresses, sameSet } from "./sets";
import type { ApiKeyId, Scope } from "./words";

/** What the planner has to know of a key at the exchange. */
export interface ListedKey {
  readonly apiKey: ApiKeyId;
  readonly label: string;
  readonly scopes: readonly Scope[];
  readonly unknownFlags: readonly string[];
  readonly ipWhitelist: readonly string[];
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
}

/** One thing to do. The executor does them in order and then plans again from what it sees, until nothing is left. */
export type Step =
  /** A version that the list lacks: confirm that it is gone, then drop it. */
  | { readonly do: "drop"; readonly version: SealedVersion }
  /** A key that the document's intent names and nobody can open. */
  | { readonly do: "revokeLost"; readonly apiKey: ApiKeyId }
  | { readonly do: "recordStray"; readonly stray: Stray }
  /** Keys that somebody made in a sub-account declared exclusive. */
  | { readonly do: "refuseForeign"; readonly apiKeys: readonly ApiKeyId[] }
  | { readonly do: "forgetStray"; readonly apiKey: ApiKeyId }
  /** A pending version that is not as declared any more. */
  | { readonly do: "reject"; readonly version: SealedVersion }
  | { readonly do: "promote"; readonly version: SealedVersion }
  | { readonly do: "set"; readonly version: SealedVersion }
  | { readonly do: "deliver"; readonly delivery: DueDelivery }
  | { readonly do: "retire"; readonly version: SealedVersion }
  | { readonly do: "retireStray"; readonly stray: Stray }
  | { readonly do: "unpublish"; readonly former: FormerDocument }
  /** The exchange no longer honours it, but still lists it. */
  | { readonly do: "revokeExpired"; readonly version: SealedVersion }
  | { readonly do: "issue"; readonly serial: number; readonly cause: RotationCause }
  /** The exchange lists it and does not honour it: that is no reason to end a key that may work again, and no other can take its place in a locked sub-account. */
  | { readonly do: "refuseBlocked"; readonly version: SealedVersion }
  /** A rotation that a person asked for and the present overlap forbids. */
  | { readonly do: "refuse"; readonly cause: RotationCause; readonly until: string }
  /** A rotation for which the caller has to supply another public key than that of `version`. */
  | { readonly do: "askForKey"; readonly cause: RotationCause; readonly version: SealedVersion };

/** What has to be done so that the exchange and the document are as declared; empty when they are. */
export function plan(situation: Situation): readonly Step[] {
  const foreign = foreignKeys(situation);
  if (foreign.length > 0) return [{ do: "refuseForeign", apiKeys: foreign.map((key) => key.apiKey) }];
  const repairs = [...repairVersions(situation), ...repairForeign(situation)];
  if (repairs.length > 0) return repairs;
  const changes = [...promotions(situation), ...settings(situation)];
  if (changes.length > 0) return changes;
  const pending = blockedVersion(situation, "pending");
  if (pending.length > 0) return pending;
  const delivery = dueDelivery(situation.inputs, situation.recorded);
  if (delivery !== undefined) return deliverOrIssue(delivery, situation);
  // A last working key is never retired before its successor is published.
  const lacking = versionIn(situation.recorded.sealed, "current") === undefined;
  const inOrder = lacking ? [rotation, endings, strayEndings] : [endings, rotation, strayEndings];
  const steps = inOrder.map((next) => next(situation)).find((one) => one.length > 0);
  return steps ?? blockedVersion(situation, "current");
}

/**
 * Bots that are delivered to need the successor, too, before the last one is retired. What is superseded in this very run is not delivered
 * any more: that could take a right that only the call that issues a key can do without, and a refusal would hold up the rotation.
 */
function deliverOrIssue(delivery: DueDelivery, situation: Situation): readonly Step[] {
  const next = rotation(situation);
  return next.some((step) => step.do === "issue") ? next : [{ do: "deliver", delivery }];
}

/** The next serial that nobody has used: highest seen in list, document and state, plus one. */
export function nextSerial(situation: Pick<Situation, "recorded" | "listed">): number {
  const { recorded, listed } = situation;
  return (
    Math.max(
      recorded.sealed.lastSerial,
      ...listed.map((key) => serialOf(key, recorded.hash) ?? 0),
      ...recorded.strays.map((stray) => stray.serial ?? 0),
    ) + 1
  );
}

/** True when the exchange holds the key exactly as declared, but for declared scopes that no read shows. */
export function isAsDeclared(
  key: ListedKey,
  inputs: Pick<ScheduledApiKeyInputs, "scopes" | "ipWhitelist">,
  unlisted: readonly Scope[],
): boolean {
  const hidden = only(inputs.scopes, unlisted);
  return (
    key.unknownFlags.length === 0 &&
    sameSet(without(key.scopes, hidden), without(inputs.scopes, hidden)) &&
    sameSet(shownAddresses(inputs.ipWhitelist, key.ipWhitelist), canonicalAddresses(inputs.ipWhitelist))
  );
}

function find(situation: Situation, apiKey: ApiKeyId): ListedKey | undefined {
  return situation.listed.find((key) => key.apiKey === apiKey);
}

function repairVersions(situation: Situation): readonly Step[] {
  return situation.recorded.sealed.versions.flatMap((version): readonly Step[] => {
    const key = find(situation, version.apiKey);
    if (key === undefined) return [{ do: "drop", version }];
    return hasEnded(key, version, situation.now) ? [{ do: "revokeExpired", version }] : [];
  });
}

/** Some exchanges list a key that has ended as they list a locked one: its own time tells them apart. */
function hasEnded(
  { expired, blocked = false }: Pick<ListedKey, "expired" | "blocked">,
  { notAfter }: Pick<SealedVersion, "notAfter">,
  now: Date,
): boolean {
  return expired || (blocked && notAfter !== undefined && Date.parse(notAfter) <= now.getTime());
}

function blockedVersion(situation: Situation, state: SealedVersion["state"]): readonly Step[] {
  const version = situation.recorded.sealed.versions.find((one) => one.state === state);
  if (version === undefined || find(situation, version.apiKey)?.blocked !== true) return [];
  return [{ do: "refuseBlocked", version }];
}

function repairForeign(situation: Situation): readonly Step[] {
  const { recorded, inputs, now } = situation;
  const { intent } = recorded.sealed;
  const named = situation.ownership === "label" || isRecent(intent, now) ? lostKeys(situation, intent) : [];
  const found = unknownKeys(situation).map((key): Step => {
    if (named.includes(key)) return { do: "revokeLost", apiKey: key.apiKey };
    const serial = serialOf(key, recorded.hash);
    const until = overlapEnd(now, inputs.rotate).toISOString();
    return { do: "recordStray", stray: { apiKey: key.apiKey, ...(serial === undefined ? {} : { serial }), until } };
  });
  const gone = recorded.strays.filter((stray) => find(situation, stray.apiKey) === undefined);
  return [...found, ...gone.map((stray): Step => ({ do: "forgetStray", apiKey: stray.apiKey }))];
}

function promotions(situation: Situation): readonly Step[] {
  const { recorded, inputs, unlisted } = situation;
  const pending = recorded.sealed.versions.filter((version) => version.state === "pending");
  return pending.flatMap((version): readonly Step[] => {
    const key = find(situation, version.apiKey);
    const sealedAsDeclared =
      sameIdentity(version.identity ?? recorded.sealed.identity, inputs) &&
      version.key === inputs.seal &&
      version.fingerprint === declaredFingerprint(inputs);
    const exact = key !== undefined && isAsDeclared(key, inputs, unlisted) && sameUnlisted(version, inputs, unlisted);
    if (!sealedAsDeclared || !exact) return [{ do: "reject", version }];
    return key.blocked === true ? [] : [{ do: "promote", version }];
  });
}

function settings(situation: Situation): readonly Step[] {
  const { recorded, inputs, inPlace, unlisted } = situation;
  if (!inPlace.scopes || !inPlace.ipWhitelist) return [];
  return recorded.sealed.versions.flatMap((version): readonly Step[] => {
    const key = find(situation, version.apiKey);
    return key === undefined || version.state === "pending" || isAsDeclared(key, inputs, unlisted)
      ? []
      : [{ do: "set", version }];
  });
}

function isOver(end: string | undefined, now: Date): boolean {
  return end !== undefined && Date.parse(end) <= floorHour(now).getTime();
}

function endings({ recorded, now }: Situation): readonly Step[] {
  const previous = recorded.sealed.versions.filter(({ state, retireAfter }) => state === "previous" && isOver(retireAfter, now));
  const former = recorded.former.filter(({ after }) => isOver(after, now));
  return [
    ...previous.map((version): Step => ({ do: "retire", version })),
    ...former.map((one): Step => ({ do: "unpublish", former: one })),
  ];
}

/** Last of all, because a run may end so many only, and what it refuses shall hold up nothing else. */
function strayEndings({ recorded, now }: Situation): readonly Step[] {
  return recorded.strays.filter(({ until }) => isOver(until, now)).map((stray): Step => ({ do: "retireStray", stray }));
}

function rotation(situation: Situation): readonly Step[] {
  const { inputs, recorded, now } = situation;
  const cause = rotationCause(inputs, recorded, now) ?? unlistedCause(situation);
  if (cause === undefined) return [];
  const until = overlapUntil(recorded.sealed);
  const urgent = cause === "missing" || cause === "expiring";
  const blocked = until !== undefined && isOpen(until, now) && !urgent;
  if (blocked && cause === "age") return [];
  const declared = declaredFingerprint(inputs);
  const holder = recorded.sealed.versions.find(({ fingerprint }) => fingerprint !== undefined && fingerprint === declared);
  if (holder !== undefined) return [{ do: "askForKey", cause, version: holder }];
  if (blocked) return [{ do: "refuse", cause, until }];
  return [{ do: "issue", serial: nextSerial(situation), cause }];
}

/** What no read shows cannot be changed and then looked at: a key with other such scopes is superseded. */
function unlistedCause({ inputs, recorded, unlisted }: Situation): RotationCause | undefined {
  const current = versionIn(recorded.sealed, "current");
  return current === undefined || sameUnlisted(current, inputs, unlisted) ? undefined : "scopes";
}

/** True when a version was issued with just the declared of those scopes that no read shows. */
export function sameUnlisted(
  version: Pick<SealedVersion, "scopes">,
  inputs: Pick<ScheduledApiKeyInputs, "scopes">,
  unlisted: readonly Scope[],
): boolean {
  return sameSet(only(version.scopes, unlisted), only(inputs.scopes, unlisted));
}

function without(scopes: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => !others.includes(scope));
}

function only(scopes: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => others.includes(scope));
}

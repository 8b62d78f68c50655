import type { SealedVersion } from "../seal/document";
import { sameUnlisted } from "./as-declared";
import { hasNoOverlap, isIncident, isOpen, overlapUntil, type RotationCause, rotationCause } from "./causes";
import { KeyError } from "./errors";
import type { ScheduledApiKeyInputs } from "./inputs";
import { serialOf } from "./ownership";
import { declaredFingerprint } from "./public-key";
import { type Recorded, versionIn } from "./record";
import { untried } from "./relabelled";
import { hasPassed } from "./schedule";
import type { Situation, Step } from "./situation";

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

export function endings(situation: Situation): readonly Step[] {
  const { recorded, now } = situation;
  const previous = recorded.sealed.versions.filter(
    ({ state, retireAfter }) => state === "previous" && hasPassed(retireAfter, now),
  );
  const over = untried(situation, previous).map((version): Step => ({ do: "retire", version }));
  return [...over, ...formerEndings(situation)];
}

export function formerEndings({ recorded, now }: Situation): readonly Step[] {
  return recorded.former.filter(({ after }) => hasPassed(after, now)).map((former): Step => ({ do: "unpublish", former }));
}

/** Last of all, because a run may end so many only, and what it refuses shall hold up nothing else. */
export function strayEndings(situation: Situation): readonly Step[] {
  const over = situation.recorded.strays.filter(({ until }) => hasPassed(until, situation.now));
  return untried(situation, over).map((stray): Step => ({ do: "retireStray", stray }));
}

const URGENT: readonly RotationCause[] = ["missing", "expiring", "overtaken", "unproven"];

export function rotation(situation: Situation): readonly Step[] {
  const { inputs, recorded, now } = situation;
  const cause = rotationCause(inputs, recorded, now) ?? unlistedCause(situation);
  if (cause === undefined) return [];
  const until = overlapUntil(recorded.sealed);
  const isBlocked = isOpen(until, now) && !URGENT.includes(cause) && !isIncident(inputs, recorded);
  if (isBlocked && cause === "age") return [];
  const holder = holderOf(declaredFingerprint(inputs), recorded);
  if (holder !== undefined) return [{ do: "askForKey", cause, version: holder }];
  if (isBlocked && until !== undefined)
    return hasNoOverlap(inputs.rotate) ? supersede(situation) : [{ do: "refuse", cause, until }];
  return [{ do: "issue", serial: nextSerial(situation), cause }];
}

/** A rotation that a person asked for and the present overlap forbids. */
export interface BlockedRotation {
  readonly cause: RotationCause;
  /** ISO time at which the overlap ends. */
  readonly until: string;
}

/**
 * What `up` would refuse, as far as state alone tells: a preview then refuses it too.
 * @returns KeyError `RotationBlocked`, or `PublicKeyNeeded` where a version that lives has the declared public key
 */
export function refusedRotation(
  inputs: ScheduledApiKeyInputs,
  recorded: Pick<Recorded, "sealed" | "strays" | "heldSince" | "servedTrigger">,
  now: Date,
): KeyError | undefined {
  const cause = rotationCause(inputs, recorded, now);
  const until = overlapUntil(recorded.sealed);
  if (cause === undefined || cause === "age" || URGENT.includes(cause) || until === undefined) return undefined;
  if (!isOpen(until, now) || hasNoOverlap(inputs.rotate)) return undefined;
  const version = holderOf(declaredFingerprint(inputs), recorded);
  return version === undefined ? rotationBlocked(inputs, { cause, until }) : publicKeyNeeded(inputs, { cause, version });
}

/** The version that lives and has a public key. */
function holderOf(fingerprint: string | undefined, { sealed }: Pick<Recorded, "sealed">): SealedVersion | undefined {
  return fingerprint === undefined ? undefined : sealed.versions.find((version) => version.fingerprint === fingerprint);
}

/** @returns KeyError `PublicKeyNeeded` */
export function publicKeyNeeded(
  { exchange, name }: ScheduledApiKeyInputs,
  { cause, version }: { readonly cause: RotationCause; readonly version: Pick<SealedVersion, "state" | "serial"> },
): KeyError {
  return new KeyError({
    kind: "PublicKeyNeeded",
    exchange,
    operation: `key "${name}"`,
    message: `a rotation is due (${cause}) and needs a public key not used by the ${version.state} version: serial ${version.serial} has the declared one`,
    hint: "Make a new pair, give the bot its private key beside the old one, declare its publicKey, and run up again. Until then the present key works on.",
  });
}

/** @returns KeyError `RotationBlocked` */
export function rotationBlocked({ exchange, name }: ScheduledApiKeyInputs, { cause, until }: BlockedRotation): KeyError {
  return new KeyError({
    kind: "RotationBlocked",
    exchange,
    operation: `key "${name}"`,
    message: `a rotation (${cause}) was asked for, but the version before the current one keeps working until ${until}`,
    hint: 'Run up again after that time. If a key has leaked, declare rotate.overlap "0" and a new rotate.trigger: it is then superseded at once.',
  });
}

/** Without an overlap what is superseded goes first, so that there are never more than two keys. */
function supersede(situation: Situation): readonly Step[] {
  const previous = situation.recorded.sealed.versions.filter(({ state }) => state === "previous");
  return untried(situation, previous).map((version): Step => ({ do: "retire", version }));
}

/** What no read shows cannot be changed and then looked at: a key with other such scopes is superseded. */
function unlistedCause({ inputs, recorded, unlisted }: Situation): RotationCause | undefined {
  const current = versionIn(recorded.sealed, "current");
  return current === undefined || sameUnlisted(current, inputs, unlisted) ? undefined : "scopes";
}

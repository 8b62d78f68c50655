import { createHash } from "node:crypto";
import type { SealedDocument, SealedVersion } from "../seal/document";
import { deliveryChanged } from "./delivered";
import { DAY_MS, floorHour, parseDuration } from "./duration";
import { type ScheduledApiKeyInputs, sameIdentity } from "./inputs";
import { lifetimeChanged } from "./lifetime";
import { declaredFingerprint } from "./public-key";
import { type ApiKeyOutputs, type Recorded, recordedIn, versionIn } from "./record";
import { lastTick, type Rotate } from "./schedule";
import { canonicalAddresses, sameSet } from "./sets";

/**
 * Why a new version is needed. `overtaken`: bots may hold a newer key than the current one and refuse to go back to it. `unproven`: it was taken over without state and without a good stamp, so bots may not be able to open it. `binding`: it was sealed with an expiry that a whitelist now lifts. `missing` and `expiring` come from the key itself, `age` from the schedule. The others were asked for
 * by a person. `scopes`: some that no read of the exchange shows were declared or taken back.
 */
export type RotationCause =
  | "missing"
  | "overtaken"
  | "unproven"
  | "expiring"
  | "age"
  | "trigger"
  | "identity"
  | "seal"
  | "publicKey"
  | "lifetime"
  | "binding"
  | "scopes";

const ANSWER_LENGTH = 8;

/** A key that would expire within this long after its overlap is rotated now. */
export const EXPIRY_MARGIN_MS = DAY_MS;

/**
 * Why the current version has to be superseded. `undefined` when it need not be. Of several reasons `expiring` goes before all that an open
 * overlap holds up: a key that ends waits for nothing.
 */
export function rotationCause(
  inputs: ScheduledApiKeyInputs,
  recorded: Pick<Recorded, "sealed" | "strays" | "heldSince" | "servedTrigger">,
  now: Date,
): RotationCause | undefined {
  const current = versionIn(recorded.sealed, "current");
  if (current === undefined) return "missing";
  if (recorded.strays.some(({ hidden, serial = 0 }) => hidden === true && serial > current.serial)) return "overtaken";
  // With a key pair of the bot's own only a person can rotate, and there is no secret that could be lost.
  if (current.unproven === true && inputs.publicKey === undefined) return "unproven";
  if (isExpiring(inputs, current, floorHour(now))) return "expiring";
  const asked = askedCause(inputs, recorded, current);
  if (asked !== undefined) return asked;
  if (current.unbound === true && inputs.ipWhitelist.length > 0) return "binding";
  return isOfAge(inputs, { current, heldSince: recorded.heldSince }, floorHour(now)) ? "age" : undefined;
}

function askedCause(
  inputs: ScheduledApiKeyInputs,
  recorded: { readonly sealed: SealedDocument; readonly servedTrigger?: string },
  current: SealedVersion,
): RotationCause | undefined {
  if (isUnserved(inputs.rotate, recorded) && !answersTrigger(current, inputs.rotate)) return "trigger";
  if (!sameIdentity(inputs, current.identity ?? recorded.sealed.identity)) return "identity";
  if (inputs.seal !== current.key) return "seal";
  if (declaredFingerprint(inputs) !== current.fingerprint) return "publicKey";
  return lifetimeChanged(inputs.lifetime, current) ? "lifetime" : undefined;
}

/** The start of a trigger's hash, as a version carries it that was issued because of it. `undefined` without a trigger. */
export function answerTo({ trigger }: Pick<Rotate, "trigger">): string | undefined {
  return trigger === undefined ? undefined : createHash("sha256").update(trigger).digest("base64url").slice(0, ANSWER_LENGTH);
}

/** True when the version was issued because of the declared trigger. */
export function answersTrigger({ answers }: Pick<SealedVersion, "answers">, rotate: Pick<Rotate, "trigger">): boolean {
  return answers !== undefined && answers === answerTo(rotate);
}

export function hasNoOverlap({ overlap }: Pick<Rotate, "overlap">): boolean {
  return parseDuration(overlap) === 0;
}

/**
 * True when a key has leaked: a trigger that was not served yet asks for a rotation without an overlap. Nothing that was there before lives on,
 * and only then is the trigger served.
 */
export function isIncident(inputs: Pick<ScheduledApiKeyInputs, "rotate">, recorded: Pick<Recorded, "servedTrigger">): boolean {
  return isUnserved(inputs.rotate, recorded) && hasNoOverlap(inputs.rotate);
}

function isUnserved({ trigger }: Rotate, { servedTrigger }: Pick<Recorded, "servedTrigger">): boolean {
  return trigger !== undefined && trigger !== servedTrigger;
}

function isExpiring({ rotate }: ScheduledApiKeyInputs, { notAfter }: SealedVersion, hour: Date): boolean {
  const overlap = parseDuration(rotate.overlap) ?? 0;
  return notAfter !== undefined && hour.getTime() + overlap + EXPIRY_MARGIN_MS >= Date.parse(notAfter);
}

function isOfAge(
  inputs: ScheduledApiKeyInputs,
  held: { readonly current: SealedVersion; readonly heldSince: string | undefined },
  hour: Date,
): boolean {
  const { current, heldSince } = held;
  const issued = Date.parse(current.issuedAt);
  const since = Math.max(issued, heldSince === undefined ? 0 : Date.parse(heldSince));
  const every = parseDuration(inputs.rotate.every) ?? Number.POSITIVE_INFINITY;
  return since < lastTick(inputs) || hour.getTime() - issued >= every;
}

/** When the last overlap of a superseded version ends, if there is one. */
export function overlapUntil({ versions }: SealedDocument): string | undefined {
  const ends = versions.filter(({ state }) => state === "previous").map(({ retireAfter }) => retireAfter);
  return ends.filter((end) => end !== undefined).sort((one, other) => Date.parse(other) - Date.parse(one))[0];
}

/** True when something recorded has outlived its overlap. */
export function retireDue(recorded: Pick<Recorded, "sealed" | "strays" | "former">, now: Date): boolean {
  const ends = [
    ...recorded.sealed.versions.filter((version) => version.state === "previous").map((version) => version.retireAfter ?? ""),
    ...recorded.strays.map((stray) => stray.until),
    ...recorded.former.map((former) => former.after),
  ];
  return ends.some((end) => Date.parse(end) <= floorHour(now).getTime());
}

/** Why an update has to reach the exchange, for the diff. Empty when recording the new inputs is all there is to do. */
export function exchangeReasons(inputs: ScheduledApiKeyInputs, outputs: ApiKeyOutputs, now: Date): readonly string[] {
  const recorded = recordedIn(outputs);
  const cause = rotationCause(inputs, recorded, now);
  const postponed = cause === "age" && isOpen(overlapUntil(outputs.sealed), now);
  const reasons: (string | false)[] = [
    outputs.status !== "ready" && "unfinished",
    outputs.observed !== undefined && "drift",
    cause !== undefined && !postponed && `rotation: ${cause}`,
    isIncident(inputs, recorded) && "incident",
    retireDue(recorded, now) && "retire",
    inputs.publish !== outputs.publish && "publish",
    deliveryChanged(inputs, recorded) && "deliver",
    !sameSet(inputs.scopes, outputs.scopes) && "scopes",
    !sameSet(canonicalAddresses(inputs.ipWhitelist), canonicalAddresses(outputs.ipWhitelist)) && "ipWhitelist",
  ];
  return reasons.filter((reason) => reason !== false);
}

/** True while `until` lies ahead. */
export function isOpen(until: string | undefined, now: Date): boolean {
  return until !== undefined && Date.parse(until) > floorHour(now).getTime();
}

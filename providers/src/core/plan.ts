import type { SealedVersion } from "../seal/document";
import { isAsDeclared } from "./as-declared";
import { answersTrigger, isIncident } from "./causes";
import { waitsForClock } from "./clock-difference";
import { type DueDelivery, dueDelivery } from "./delivered";
import { foreignKeys } from "./ownership";
import { promotions } from "./promotion";
import { versionIn } from "./record";
import { find, isRelabelled, relabelledKeys, untried } from "./relabelled";
import { endings, formerEndings, rotation, strayEndings } from "./rotation";
import type { ListedKey, Situation, Step } from "./situation";
import { strayRepairs } from "./strays";

/** What has to be done so that the exchange and the document are as declared. Empty when they are. */
export function plan(situation: Situation): readonly Step[] {
  const foreign = foreignKeys(situation);
  if (foreign.length > 0) return [{ do: "refuseForeign", apiKeys: foreign.map((key) => key.apiKey) }];
  const repairs = ready([...repairVersions(situation), ...strayRepairs(situation)], situation);
  if (repairs.length > 0) return repairs;
  const steps = isIncident(situation.inputs, situation.recorded) ? incidentSteps(situation) : ordinarySteps(situation);
  if (steps.length > 0) return steps;
  const relabelled = relabelledKeys(situation);
  return relabelled.length === 0 ? [] : [{ do: "refuseRelabelled", apiKeys: relabelled }];
}

function ordinarySteps(situation: Situation): readonly Step[] {
  const changes = [...promotions(situation), ...settings(situation)];
  if (changes.length > 0) return changes;
  const pending = blockedVersion(situation, "pending");
  if (pending.length > 0) return pending;
  const delivery = dueDelivery(situation.inputs, situation.recorded);
  if (delivery !== undefined) return deliverOrIssue(delivery, situation);
  // A last working key is never retired before its successor is published.
  const lacking = versionIn(situation.recorded.sealed, "current") === undefined;
  const inOrder = lacking ? [rotation, endings, strayEndings] : [endings, rotation, strayEndings];
  const steps = inOrder.map((next) => ready(next(situation), situation)).find((one) => one.length > 0);
  return steps ?? blockedVersion(situation, "current");
}

/** What a clock alone makes due is left out while two clocks disagree. Nothing of an incident is. */
function ready(steps: readonly Step[], situation: Situation): readonly Step[] {
  return steps.filter((step) => !waitsForClock(step, situation));
}

/**
 * A key has leaked: what is superseded goes, a successor is issued and shown, then all else of ours goes, whatever end it was given. Never
 * are there more keys than in any rotation, so a full sub-account holds it up no more than it would that.
 */
function incidentSteps(situation: Situation): readonly Step[] {
  const { inputs, recorded, run } = situation;
  const promoted = [...promotions(situation), ...blockedVersion(situation, "pending")];
  if (promoted.length > 0) return promoted;
  const superseded = recorded.sealed.versions.filter(({ state }) => state === "previous");
  const retirements = untried(situation, superseded).map((version): Step => ({ do: "retire", version }));
  const current = versionIn(recorded.sealed, "current");
  if (current === undefined) return rotation(situation);
  if (!answersTrigger(current, inputs.rotate)) return retirements.length > 0 ? retirements : rotation(situation);
  const delivery = dueDelivery(inputs, recorded);
  if (delivery !== undefined && !run.failed.has(delivery.url)) return [{ do: "deliver", delivery }];
  const strays = untried(situation, recorded.strays).map((stray): Step => ({ do: "retireStray", stray }));
  const last = [...retirements, ...strays];
  return last.length > 0 ? last : [...settings(situation), ...formerEndings(situation)];
}

/**
 * Bots that are delivered to need the successor, too, before the last one is retired. A version that this run supersedes is not delivered
 * any more. Delivering it can need the right to decrypt, and a refusal would delay the rotation.
 */
function deliverOrIssue(delivery: DueDelivery, situation: Situation): readonly Step[] {
  const next = ready(rotation(situation), situation);
  return next.some((step) => step.do === "issue") ? next : [{ do: "deliver", delivery }];
}

function repairVersions(situation: Situation): readonly Step[] {
  return situation.recorded.sealed.versions.flatMap((version): readonly Step[] => {
    const key = find(situation, version.apiKey);
    if (key === undefined) return [{ do: "drop", version }];
    const isDone = isRelabelled(situation, version) || situation.run.failed.has(version.apiKey);
    return !isDone && hasEnded(key, version, situation.now) ? [{ do: "revokeExpired", version }] : [];
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

function settings(situation: Situation): readonly Step[] {
  const { recorded, inputs, inPlace, unlisted } = situation;
  if (!inPlace.scopes || !inPlace.ipWhitelist) return [];
  // What bots use comes first.
  const newestFirst = [...recorded.sealed.versions].sort((one, other) => other.serial - one.serial);
  const leaving = ready(endings(situation), situation).flatMap((step) => (step.do === "retire" ? [step.version] : []));
  return untried(situation, newestFirst).flatMap((version): readonly Step[] => {
    const key = find(situation, version.apiKey);
    // What this run retires is not changed before.
    return key === undefined || version.state === "pending" || leaving.includes(version) || isAsDeclared(key, inputs, unlisted)
      ? []
      : [{ do: "set", version }];
  });
}

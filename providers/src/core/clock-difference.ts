import { HOUR_MS, parseDuration } from "./duration";
import { KeyError } from "./errors";
import type { ScheduledApiKeyInputs } from "./inputs";
import type { ListedKey, Step } from "./situation";

/** Decisions are made by the hour: clocks that differ by no more than this make them alike, but for one hour. */
const TRUSTED_MS = HOUR_MS;

/** What tells whether a step is due by the clock alone. */
export interface ClockedSituation {
  readonly inputs: Pick<ScheduledApiKeyInputs, "rotate">;
  readonly listed: readonly Pick<ListedKey, "apiKey" | "expired">[];
  /** By how much this machine's clock is ahead of the exchange's. 0 if left out. */
  readonly clockDifferenceMs?: number;
}

/**
 * True for a step that waits until somebody has set a clock: a scheduled rotation, and whatever ends with an overlap. Only a clock makes
 * it due, and two clocks disagree. What a person asked for goes on, and so does an end without an overlap, which is an incident's. Pure.
 */
export function waitsForClock(step: Step, situation: ClockedSituation): boolean {
  const { clockDifferenceMs = 0 } = situation;
  return Math.abs(clockDifferenceMs) > TRUSTED_MS && isDueByClock(step, situation);
}

function isDueByClock(step: Step, { inputs, listed }: ClockedSituation): boolean {
  switch (step.do) {
    case "issue":
      return step.cause === "age" || step.cause === "expiring";
    case "askForKey":
      return step.cause === "age" || step.cause === "expiring";
    case "retire":
    case "retireStray":
    case "unpublish":
      return parseDuration(inputs.rotate.overlap) !== 0;
    case "revokeExpired":
      // Where the exchange itself says that it has ended, no clock of ours was asked.
      return listed.find(({ apiKey }) => apiKey === step.version.apiKey)?.expired !== true;
    default:
      return false;
  }
}

/** Why these steps wait. Pure. */
export function clockError(
  steps: readonly Step[],
  {
    inputs,
    now,
    clockDifferenceMs,
  }: { readonly inputs: ScheduledApiKeyInputs; readonly now: Date; readonly clockDifferenceMs: number },
): KeyError {
  const there = new Date(now.getTime() - clockDifferenceMs);
  const waiting = steps.some((step) => step.do === "issue" || step.do === "askForKey")
    ? "the scheduled rotation"
    : "what ends with an overlap";
  return new KeyError({
    kind: "ClockSkew",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `${waiting} waits: the clock here says ${now.toISOString()}, the exchange's ${there.toISOString()}`,
    hint: "Set the clock of the machine this runs on, and run up again. In an incident rotate by a trigger: that does not wait.",
  });
}

import { ceilHour, floorHour, parseDuration, showHour } from "./duration";

/** What a person declares about rotation. */
export interface Rotate {
  /** Such as `30d`. */
  readonly every: string;
  /** How long the superseded version keeps working, such as `24h`; `0` retires it at once. */
  readonly overlap: string;
  /** Any change of this text asks for a rotation now. */
  readonly trigger?: string;
}

/** What a tick of the schedule came from: the first issue, age, or a new trigger. */
export type Cause = "issue" | "tick" | "trigger";

/** The internal input that check adds, so that a preview shows what is due and why. All times are ISO, on the hour. */
export interface Schedule {
  /** Ticks are counted from here, so that the schedule never drifts. */
  readonly anchor: string;
  /** The last tick: a version issued before it is due. */
  readonly notBefore: string;
  readonly dueAt: string;
  readonly cause: Cause;
  /** When check first saw this cause. */
  readonly since: string;
  readonly why: string;
}

/** What check knows of a resource before this run. */
export interface ScheduledInputs {
  readonly rotate: Rotate;
  readonly schedule?: Schedule;
}

/**
 * What is due, as an input. A pure function of the old inputs, the declared rotation and the hour; it changes only at a tick, at a new
 * trigger and at the end of an overlap, so that every run in between is empty.
 */
export function schedule(old: ScheduledInputs | undefined, rotate: Rotate, now: Date): Schedule {
  const hour = floorHour(now);
  const before = old?.schedule;
  const anchor = before?.anchor ?? hour.toISOString();
  const every = duration(rotate.every);
  const ticks = Math.max(0, Math.floor((hour.getTime() - Date.parse(anchor)) / every));
  const notBefore = new Date(Date.parse(anchor) + ticks * every);
  const cause = freshCause(old, rotate, notBefore);
  const frame = {
    anchor,
    notBefore: notBefore.toISOString(),
    dueAt: new Date(notBefore.getTime() + every).toISOString(),
    cause: cause ?? before?.cause ?? "issue",
    since: cause === undefined ? (before?.since ?? hour.toISOString()) : hour.toISOString(),
  };
  return { ...frame, why: explain(frame, rotate, hour) };
}

/** True while the version that `schedule` superseded still has its overlap, as far as inputs can tell. */
export function inOverlap(schedule: Omit<Schedule, "why">, rotate: Rotate, now: Date): boolean {
  return schedule.cause !== "issue" && floorHour(now) < overlapEnd(new Date(schedule.since), rotate);
}

/** When a version superseded at `time` may be retired: the next full hour after the overlap. */
export function overlapEnd(time: Date, rotate: Rotate): Date {
  const overlap = duration(rotate.overlap);
  return overlap === 0 ? time : ceilHour(new Date(time.getTime() + overlap + 1));
}

function freshCause(old: ScheduledInputs | undefined, rotate: Rotate, notBefore: Date): Cause | undefined {
  if (old?.schedule === undefined) return "issue";
  if (rotate.trigger !== undefined && old.rotate.trigger !== rotate.trigger) return "trigger";
  return notBefore > new Date(old.schedule.notBefore) ? "tick" : undefined;
}

function explain(frame: Omit<Schedule, "why">, rotate: Rotate, hour: Date): string {
  const next = `next rotation ${showHour(new Date(frame.dueAt))}`;
  if (frame.cause === "issue") return next;
  const due =
    frame.cause === "tick"
      ? `due since ${showHour(new Date(frame.notBefore))} (every ${rotate.every})`
      : "asked for by a new trigger";
  if (inOverlap(frame, rotate, hour))
    return `rotation ${due}: a new version is issued, the one before it works ${rotate.overlap} longer`;
  return rotate.overlap === "0" ? `rotation ${due}; ${next}` : `overlap over: the superseded version is retired; ${next}`;
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new RangeError("a duration must be validated before it is scheduled");
  return milliseconds;
}

import { ceilHour, floorHour, parseDuration, showHour } from "./duration";

/** What a person declares about rotation. */
export interface Rotate {
  /** Such as `30d`. */
  readonly every: string;
  /** How long the superseded version keeps working, such as `24h`. `0` retires it at once. */
  readonly overlap: string;
  /** Any change of this text asks for a rotation now. */
  readonly trigger?: string;
}

/**
 * The internal input that check adds, so that a preview shows what is due and why. It sits twice in every resource's state, so it holds
 * no more than it must. All times are ISO, on the hour.
 */
export interface Schedule {
  /** The next tick. Later ones are counted from it, so that the schedule never drifts. */
  readonly dueAt: string;
  /** When check first saw the last tick or trigger. Absent once its overlap is over. */
  readonly since?: string;
  /** What was due last, for people. Absent until the first rotation. */
  readonly why?: string;
}

/** What check knows of a resource before this run. */
export interface ScheduledInputs {
  readonly rotate: Rotate;
  readonly publicKey?: unknown;
  readonly schedule?: Schedule;
}

/** What is due, for a key whose public half may be the caller's own: a rotation then needs another one than the old inputs have. */
export function scheduleOf(
  old: ScheduledInputs | undefined,
  declared: Pick<ScheduledInputs, "rotate" | "publicKey">,
  now: Date,
): Schedule {
  const next = schedule(old, declared.rotate, now);
  const { rotate, publicKey } = declared;
  if (old?.schedule === undefined || publicKey === undefined || publicKey !== old.publicKey) return next;
  const cause = dueCause(old, rotate, now);
  return cause === undefined ? next : { ...next, why: `${cause}: it needs a public key not used by the current version` };
}

/**
 * What is due, as an input. A pure function of the old inputs, the declared rotation and the hour. It changes only at a tick, at a new
 * trigger and at the end of an overlap, so that every run in between is empty.
 */
export function schedule(old: ScheduledInputs | undefined, rotate: Rotate, now: Date): Schedule {
  const hour = floorHour(now);
  const before = old?.schedule;
  const { tick } = ticksOf(old, rotate, hour);
  const frame = { dueAt: showHour(new Date(tick + duration(rotate.every))) };
  const cause = dueCause(old, rotate, hour);
  if (cause !== undefined) return { ...frame, ...announce(cause, rotate, hour) };
  if (before?.since === undefined) return { ...frame, ...(before?.why === undefined ? {} : { why: before.why }) };
  return inOverlap(before, rotate, now) ? { ...frame, since: before.since, ...whyOf(before) } : { ...frame, why: OVERLAP_OVER };
}

/** The tick that old inputs count from, and the last one that has passed. */
function ticksOf(old: ScheduledInputs | undefined, rotate: Rotate, hour: Date): { readonly last: number; readonly tick: number } {
  const last = old?.schedule === undefined ? hour.getTime() : lastTick({ rotate: old.rotate, schedule: old.schedule });
  const every = duration(rotate.every);
  return { last, tick: last + Math.max(0, Math.floor((hour.getTime() - last) / every)) * every };
}

/** What has come due since the old inputs were checked, for people. */
function dueCause(old: ScheduledInputs | undefined, rotate: Rotate, now: Date): string | undefined {
  if (old?.schedule === undefined) return undefined;
  return freshCause(old.rotate, rotate, ticksOf(old, rotate, floorHour(now)));
}

/** The last tick, in milliseconds: a version issued before it is due. */
export function lastTick({ rotate, schedule }: Required<Pick<ScheduledInputs, "rotate" | "schedule">>): number {
  return Date.parse(schedule.dueAt) - duration(rotate.every);
}

/** True while the version that `schedule` superseded still has its overlap, as far as inputs can tell. */
export function inOverlap(schedule: Pick<Schedule, "since">, rotate: Rotate, now: Date): boolean {
  return schedule.since !== undefined && floorHour(now) < overlapEnd(new Date(schedule.since), rotate);
}

/** When a version superseded at `time` may be retired: the next full hour after the overlap. Without one, the hour it is. */
export function overlapEnd(time: Date, rotate: Rotate): Date {
  const overlap = duration(rotate.overlap);
  return overlap === 0 ? floorHour(time) : ceilHour(new Date(time.getTime() + overlap + 1));
}

/** True when the full hour of `end`, an ISO time, has come. */
export function hasPassed(end: string | undefined, now: Date): boolean {
  return end !== undefined && Date.parse(end) <= floorHour(now).getTime();
}

const OVERLAP_OVER = "overlap over: the superseded version is retired";

function freshCause(old: Rotate, rotate: Rotate, ticks: { readonly last: number; readonly tick: number }): string | undefined {
  if (rotate.trigger !== undefined && old.trigger !== rotate.trigger) return "rotation asked for by a new trigger";
  return ticks.tick > ticks.last ? `rotation due since ${showHour(new Date(ticks.tick))} (every ${rotate.every})` : undefined;
}

function announce(cause: string, rotate: Rotate, hour: Date): Pick<Schedule, "since" | "why"> {
  if (duration(rotate.overlap) === 0) return { why: `${cause}: the old version is retired at once` };
  return { since: showHour(hour), why: `${cause}: a new version is issued, the old one works ${rotate.overlap} longer` };
}

function whyOf(before: Schedule): Pick<Schedule, "why"> {
  return before.why === undefined ? {} : { why: before.why };
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new RangeError("a duration must be validated before it is scheduled");
  return milliseconds;
}

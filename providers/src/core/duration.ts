import ms from "ms";

export const HOUR_MS = ms("1h");
export const DAY_MS = ms("1d");

const FORM = /^(0|[1-9][0-9]{0,5}[hdw])$/;

/** Milliseconds of `30d`, `24h`, `2w` or `0`. `undefined` for anything else. Whole hours, because decisions are made on the hour. */
export function parseDuration(text: string): number | undefined {
  return FORM.test(text) ? ms(text as ms.StringValue) : undefined;
}

/** ISO time without its milliseconds: what stands in every key's state several times is kept short. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.[0-9]{3}Z$/, "Z");
}

/** The start of the hour of `time`: what decisions are made with, so that a preview and its `up` agree. */
export function floorHour(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
}

/** The end of the hour of `time` (itself, when it is on the hour). */
export function ceilHour(time: Date): Date {
  return new Date(Math.ceil(time.getTime() / HOUR_MS) * HOUR_MS);
}

/** `2026-12-22T18:00Z`: a time on the hour, for people. */
export function showHour(time: Date): string {
  return `${time.toISOString().slice(0, 16)}Z`;
}

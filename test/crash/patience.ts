import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks. A look without a pause would take the time of what is waited for. */
const LOOK_MS = 100;

/** What does nothing at all for so long hangs, on a machine however busy. */
const STALL_MS = 300_000;

/** What one look shows. */
export interface Sight<T> {
  /** What has not come yet. */
  readonly left: readonly T[];
  /** Another one after everything that happens. */
  readonly sign: string;
}

/**
 * Looks until all has come, for as long as something happens. No time of day ends it.
 * @param isOver nothing more can come
 * @returns what has not come
 */
export async function patiently<T>(
  look: () => Promise<Sight<T>>,
  isOver: () => boolean = () => false,
  stallMs: number = STALL_MS,
): Promise<readonly T[]> {
  let last = { sign: "", at: Date.now() };
  for (;;) {
    const { left, sign } = await look();
    if (left.length === 0 || isOver()) return left;
    if (sign !== last.sign) last = { sign, at: Date.now() };
    else if (Date.now() - last.at > stallMs) return left;
    await sleep(LOOK_MS);
  }
}

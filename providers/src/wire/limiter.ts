import { setTimeout as sleep } from "node:timers/promises";

/** Real time, apart from the clock that signs: it never jumps. Injected by tests. */
export interface Timer {
  /** Monotonic milliseconds. */
  now(): number;
  wait(ms: number): Promise<void>;
}

export const REAL_TIMER: Timer = { now: () => performance.now(), wait: (ms) => sleep(ms) };

/** Operations of one `pool` share their turns. */
export type Pace = Readonly<Record<string, { readonly requests: number; readonly perMs: number; readonly pool?: string }>>;

/** Requests that leave evenly may still arrive unevenly: a tenth of room. */
export const ROOM = 1.1;

/** Evenly spaced slots per operation or pool, first come, first served. One per parent credential. */
export class Limiter {
  /** When the next turn is planned. */
  readonly #nextFree = new Map<string, number>();
  /** Until when the last turn that was given out lasts. */
  readonly #givenUntil = new Map<string, number>();
  /** The shortest time from a turn to the answer of what was sent in it. */
  readonly #quickest = new Map<string, number>();
  /** Until when the exchange asked not to be asked. */
  readonly #shutUntil = new Map<string, number>();
  readonly #pace: Pace;
  readonly #scale: number;
  readonly #timer: Timer;

  /** @param scale how many times faster than `pace` */
  constructor(pace: Pace, scale: number, timer: Timer = REAL_TIMER) {
    this.#pace = pace;
    this.#scale = scale;
    this.#timer = timer;
  }

  /** Resolves when the caller's turn has come. */
  async turn(operation: string): Promise<void> {
    const now = this.#timer.now();
    const lane = this.#lane(operation);
    const slot = Math.max(now, this.#nextFree.get(lane) ?? now);
    this.#nextFree.set(lane, slot + this.#spacing(operation));
    if (slot > now) await this.#timer.wait(slot - now);
    await this.#given(lane, operation);
  }

  /** Timers that fire late fire together: what was given out last counts, not what was planned. */
  async #given(lane: string, operation: string): Promise<void> {
    for (;;) {
      const now = this.#timer.now();
      const early = (this.#givenUntil.get(lane) ?? now) - now;
      if (early <= 0) break;
      await this.#timer.wait(early);
    }
    this.#givenUntil.set(lane, this.#timer.now() + this.#spacing(operation));
  }

  /**
   * Where a window takes a single request, one that arrives late must not have the next right behind it. An answer that took longer than the quickest
   * tells of as much delay, perhaps on its way there. Wider windows have room for that.
   * @param took milliseconds from the turn to the answer
   */
  answered(operation: string, took: number): void {
    const pace = this.#pace[operation];
    if (pace?.requests !== 1) return;
    const lane = this.#lane(operation);
    const quickest = this.#quickest.get(lane);
    const until = this.#timer.now() + pace.perMs / this.#scale - (quickest ?? 0);
    this.#givenUntil.set(lane, Math.max(until, this.#givenUntil.get(lane) ?? until));
    this.#quickest.set(lane, Math.min(took, quickest ?? took));
  }

  /** No turn of this operation, or of its pool, is given out for `ms` from now, to anybody. */
  hold(operation: string, ms: number): void {
    const until = this.#timer.now() + ms;
    const lane = this.#lane(operation);
    for (const free of [this.#nextFree, this.#givenUntil]) free.set(lane, Math.max(until, free.get(lane) ?? until));
  }

  /** Notes that this operation, or its pool, is not to be asked for in the next `ms`: longer than anybody waits here. */
  shut(operation: string, ms: number): void {
    this.#shutUntil.set(this.#lane(operation), this.#timer.now() + ms);
  }

  /** Milliseconds until this operation, or its pool, may be asked for again. 0 when it may. */
  shutFor(operation: string): number {
    return Math.max(0, (this.#shutUntil.get(this.#lane(operation)) ?? 0) - this.#timer.now());
  }

  /** What turns are counted by. The mark keeps a pool from being taken for an operation. */
  #lane(operation: string): string {
    const pool = this.#pace[operation]?.pool;
    return pool === undefined ? operation : `pool ${pool}`;
  }

  #spacing(operation: string): number {
    const pace = this.#pace[operation];
    return pace === undefined ? 0 : (pace.perMs / pace.requests) * (ROOM / this.#scale);
  }
}

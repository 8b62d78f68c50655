export interface Rate {
  readonly requests: number;
  readonly perMs: number;
  /** How many requests this one counts as. @default 1 */
  readonly weight?: number;
}

export interface Verdict {
  readonly ok: boolean;
  /** Requests that the present window still takes. */
  readonly left: number;
  /** Requests that a whole window takes. */
  readonly limit: number;
  /** Milliseconds until a refused request would pass, or until the window is empty. */
  readonly waitMs: number;
}

/** Sliding windows in real time: moving the sandbox's clock lifts no rate limit. */
export class Limiter {
  readonly #taken = new Map<string, number[]>();
  readonly #blockedUntil = new Map<string, number>();

  constructor(
    private readonly scale: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts one request, unless it is refused: refused requests use nothing up. */
  take(bucket: string, rate: Rate): Verdict {
    const now = this.now();
    const limit = Math.max(1, Math.floor(rate.requests * this.scale));
    const blocked = (this.#blockedUntil.get(bucket) ?? now) - now;
    if (blocked > 0) return { ok: false, left: 0, limit, waitMs: blocked };
    const recent = (this.#taken.get(bucket) ?? []).filter((at) => at > now - rate.perMs);
    const { weight = 1 } = rate;
    const excess = recent.length + weight - limit;
    const ok = excess <= 0;
    const last = recent[Math.max(0, excess - 1)] ?? now;
    if (ok) recent.push(...Array.from({ length: weight }, () => now));
    this.#taken.set(bucket, recent);
    return { ok, left: limit - recent.length, limit, waitMs: Math.ceil(last + rate.perMs - now) };
  }

  /** Refuses everything in this bucket for some time. */
  block(bucket: string, ms: number): void {
    this.#blockedUntil.set(bucket, this.now() + ms);
  }
}

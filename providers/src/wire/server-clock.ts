import { Refused } from "./refused";

/** Our clock and the exchange's, at one moment. Milliseconds since 1970. */
export interface Clocks {
  readonly ours: number;
  readonly theirs: number;
  /** How long the request took that asked: by half of that the two may be apart from each other. */
  readonly roundTripMs: number;
}

/** A request that takes no longer than this tells the time well enough: exchanges forgive a second of the future at the least. */
export const SURE_MS = 1000;

/** A machine that is short of time, or a slow way, gets as many tries. */
const SAMPLES = 3;

/**
 * The best of some measurements: the first that came back soon, else the quickest. What was asked is taken for the middle of its way.
 * @param sample asks once, and times it from both ends
 * @throws what `sample` throws, where no measurement succeeds
 */
export async function bestOf(sample: () => Promise<Clocks>): Promise<Clocks> {
  let best = await sample();
  for (let left = SAMPLES - 1; left > 0 && best.roundTripMs > SURE_MS; left -= 1) {
    // One that fails is no better than the one there is.
    const next = await sample().catch(() => best);
    if (next.roundTripMs < best.roundTripMs) best = next;
  }
  return best;
}

/** What the exchange's time is, measured once for all requests of a parent and again only when a refusal asks for it. */
export class ServerClock {
  #measuring: Promise<Clocks> | undefined;
  #last: Clocks | undefined;
  readonly #measure: () => Promise<Clocks>;

  constructor(measure: () => Promise<Clocks>) {
    this.#measure = measure;
  }

  /** The latest finished measurement. */
  get last(): Clocks | undefined {
    return this.#last;
  }

  /** The present measurement, or the first. @throws Refused, certain: whatever was to be sent next was not */
  known(): Promise<Clocks> {
    this.#measuring ??= this.#start();
    return this.#measuring;
  }

  /** A newer measurement than `stale`. Requests that were refused together share one. */
  newer(stale: Clocks): Promise<Clocks> {
    if (this.#last === stale) this.#measuring = this.#start();
    return this.known();
  }

  async #start(): Promise<Clocks> {
    this.#last = undefined;
    try {
      this.#last = await this.#measure();
      return this.#last;
    } catch (error) {
      this.#measuring = undefined;
      throw error instanceof Refused ? new Refused({ ...error.facts, uncertain: false }) : error;
    }
  }
}

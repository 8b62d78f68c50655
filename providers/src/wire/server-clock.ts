import { Refused } from "./refused";

/** Our clock and the exchange's, at one moment. Milliseconds since 1970. */
export interface Clocks {
  readonly ours: number;
  readonly theirs: number;
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

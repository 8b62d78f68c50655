import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import { Refused } from "./refused";

/** Tries in a row that found the exchange not serving. */
const FAILURES = 3;

/** How long nothing is sent then. The first request after it is a trial that the others wait for. */
export const REST_MS = 20_000;

/**
 * One per parent credential. An exchange that is down costs a whole run three deadlines instead of three for every key. Refusals are
 * answers: a key that may not, or that asks too often, finds a serving exchange.
 */
export class Breaker {
  readonly #policy;
  readonly #restMs: number;
  #last = "the exchange does not serve";

  constructor(restMs: number = REST_MS) {
    this.#restMs = restMs;
    const failed = handleWhen((error) => error instanceof Refused && error.facts.kind === "Unavailable");
    this.#policy = circuitBreaker(failed, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(FAILURES) });
  }

  /** Calls `send`, or throws `Unavailable` at once while the breaker is open. @throws Refused as `send` does. `Unavailable` is certain and marked `unasked` */
  async through<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await this.#policy.execute(send);
    } catch (error) {
      if (error instanceof Refused) this.#last = error.facts.message;
      if (!(error instanceof BrokenCircuitError)) throw error;
      const message = `${this.#last}, ${FAILURES} times in a row: nothing more is asked of it for ${this.#restMs / 1000} s`;
      throw new Refused({ kind: "Unavailable", message, unasked: true });
    }
  }
}

import type { Operation } from "./exchange";

export type Whitelists = Readonly<Record<string, readonly string[] | null>>;

/** What may be known about a request: public parts only. */
export interface LoggedRequest {
  /** Rises by one with each request; never reused. */
  readonly number: number;
  /** The sandbox's time at arrival, ISO. */
  readonly at: string;
  readonly exchange: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly callerAddress: string;
  /** Public id, when it is one that this exchange ever gave out. */
  readonly apiKey: string | null;
  readonly subAccount: string | null;
  readonly operation: Operation;
  /** HTTP status; `null` while there is no answer yet, and for ever when the exchange never acted on it. */
  readonly status: number | null;
  /** The envelope's code of what the exchange did, even when that answer was lost or replaced. */
  readonly code: string | null;
  /** The kind of the fault that struck. */
  readonly fault: string | null;
  /** What it changed: by public id the addresses that a key lets in afterwards, `null` for a key that is gone. */
  readonly whitelists: Whitelists;
}

type Outcome = Pick<LoggedRequest, "status" | "code" | "fault" | "whitelists">;

const KEPT = 100_000;

/** The latest requests of all exchanges, in order of arrival. */
export class RequestLog {
  #next = 1;
  #requests = new Map<number, LoggedRequest>();

  /** @returns the number of the request */
  arrived(request: Omit<LoggedRequest, "number" | keyof Outcome>): number {
    const number = this.#next++;
    this.#requests.set(number, { ...request, number, status: null, code: null, fault: null, whitelists: {} });
    this.#requests.delete(number - KEPT);
    return number;
  }

  finished(number: number, outcome: Partial<Outcome>): void {
    const request = this.#requests.get(number);
    if (request !== undefined) this.#requests.set(number, { ...request, ...outcome });
  }

  all(): readonly LoggedRequest[] {
    return [...this.#requests.values()];
  }

  clear(): void {
    this.#requests.clear();
  }
}

import type { ErrorKind } from "../core/errors";

export interface RefusedFacts {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  readonly retryAfterMs?: number;
  /** True when the request may have been carried out all the same. */
  readonly uncertain?: boolean;
  /** True when nothing was sent, because what came before failed: asking again soon is of no use. */
  readonly unasked?: boolean;
}

/**
 * A call that did not succeed, before its purpose is known. Seams inside the client throw it. It becomes a `KeyError` at its edge. Named
 * as itself, so that the client passes it on as it is.
 */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly facts: RefusedFacts;

  constructor(facts: RefusedFacts) {
    super(facts.message);
    this.facts = facts;
  }
}

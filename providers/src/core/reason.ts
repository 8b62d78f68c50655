import { KeyError } from "./errors";

/** Only our own errors are known to hold no secret; of any other only its class is told. */
export function reasonOf(failure: unknown): string {
  if (failure instanceof KeyError) return failure.message;
  const name = failure instanceof Error ? failure.constructor.name : typeof failure;
  return `an internal error (${name}) stopped the run; nothing recorded is lost, and the next up goes on from here`;
}

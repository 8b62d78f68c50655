import { KeyError } from "../core/errors";

/** What a sealer was doing when it failed. */
export type SealFailure = "SealFailed" | "OpenFailed";

/** The code of a ciphertext that this key opens only under another context, or that was altered: nobody can tell the two apart. */
export const MISMATCH_CODES: readonly string[] = ["AuthenticationFailed", "InvalidCiphertextException"];

export interface FailureFacts {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
}

export function sealFailure(kind: SealFailure, facts: FailureFacts): KeyError {
  return new KeyError({ kind, ...facts });
}

import { KeyError } from "../core/errors";

/** What a sealer was doing when it failed. */
export type SealFailure = "SealFailed" | "OpenFailed";

export interface FailureFacts {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
}

export function sealFailure(kind: SealFailure, facts: FailureFacts): KeyError {
  return new KeyError({ kind, ...facts });
}

/** A ciphertext that this key opens only under another context, or that was altered: nobody can tell the two apart. */
export function wrongContext(code: string): KeyError {
  return new KeyError({
    kind: "WrongContext",
    message:
      "what is sealed does not fit the identity and serial it is opened for: the document is of another key, or was edited",
    code,
    hint: "Owner, bot, exchange, account, sub-account, name and serial must be those it was sealed with: check what is expected and which document this is, and find out who changed it.",
  });
}

import { KeyError } from "../core/errors";

/** @param reference as the person wrote it: no secret */
export function unavailable(
  reference: string,
  problem: string,
  more: { readonly code?: string; readonly hint?: string } = {},
): KeyError {
  return new KeyError({ kind: "CredentialsUnavailable", message: `the credential ${reference} ${problem}`, ...more });
}

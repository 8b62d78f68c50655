import { awsCode, commonHint } from "../aws-api/failure";
import type { KeyError } from "../core/errors";
import { type SealFailure, sealFailure, wrongContext } from "./failure";

const PERMISSION = { SealFailed: "kms:Encrypt", OpenFailed: "kms:Decrypt" } as const;

/** What to do, by the name that AWS or Node gives the error. `{reference}` and `{permission}` are filled in. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "Allow {permission} on {reference} for this caller, in its policy and in the key's; a condition on the encryption context may forbid it too.",
  DisabledException: "The key is disabled: enable {reference} again.",
  KMSInvalidStateException: "The key cannot be used in its state: cancel its deletion, or seal with another key.",
  NotFoundException: "There is no such key or alias in that account and region: check {reference}.",
  KeyUnavailableException: "KMS cannot use the key just now: try again.",
  InvalidKeyUsageException: "{reference} is no key for symmetric encryption.",
  IncorrectKeyException: "Sealed under another key: an alias may have moved; name the key by its id or ARN.",
  RegionMissing: "Name it in the reference, {reference}?region=…, or set AWS_REGION.",
};

/** @param reference as the person wrote it: no secret */
export function kmsFailure(kind: SealFailure, error: unknown, reference: string): KeyError {
  const code = awsCode(error);
  if (code === "InvalidCiphertextException") return wrongContext(code);
  const act = kind === "SealFailed" ? "seal" : "open";
  const hint = (HINTS[code] ?? commonHint(code))
    .replaceAll("{reference}", reference)
    .replaceAll("{permission}", PERMISSION[kind]);
  const refused = code.endsWith("Exception");
  return sealFailure(kind, {
    message: `AWS KMS ${refused ? "refused" : "could not be asked"} to ${act} by ${reference}`,
    code,
    hint: `${hint}${code === "AccessDeniedException" ? otherAccount(reference) : ""}`,
  });
}

/** A policy of the caller's own account is not enough for a key of another one. */
function otherAccount(reference: string): string {
  const account = /arn:aws[a-z-]*:kms:[a-z0-9-]+:([0-9]{12}):/.exec(reference)?.[1];
  if (account === undefined) return "";
  return ` Where account ${account} is not this caller's own, the key's policy there must name the caller or its account.`;
}

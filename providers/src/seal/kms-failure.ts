import type { KeyError } from "../core/errors";
import { type SealFailure, sealFailure } from "./failure";

const PERMISSION = { SealFailed: "kms:Encrypt", OpenFailed: "kms:Decrypt" } as const;
const CREDENTIALS = "Give this process AWS credentials by the SDK's usual chain (role, profile, variables).";
const REACH = "Check the region, the network and the way out to KMS; nothing was done.";

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
  InvalidCiphertextException:
    "Sealed under another key or context, or altered: owner, bot, exchange, account, sub-account, name and serial must be those it was sealed with.",
  ThrottlingException: "Too many KMS requests: try again later, or ask AWS for a higher quota.",
  LimitExceededException: "A KMS quota is reached: ask AWS for a higher one.",
  InvalidGrantTokenException: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  UnrecognizedClientException: CREDENTIALS,
  InvalidSignatureException: "Check the credentials and this machine's clock.",
  CredentialsProviderError: CREDENTIALS,
  TokenProviderError: CREDENTIALS,
  RegionMissing: "Name it in the reference, {reference}?region=…, or set AWS_REGION.",
  TimeoutError: REACH,
  TlsRefused: "The handshake failed. The endpoint must speak TLS 1.3; nothing older is used.",
};

/** @param reference as the person wrote it: no secret */
export function kmsFailure(kind: SealFailure, error: unknown, reference: string): KeyError {
  const code = codeOf(error);
  const act = kind === "SealFailed" ? "seal" : "open";
  const hint = (HINTS[code] ?? REACH).replaceAll("{reference}", reference).replaceAll("{permission}", PERMISSION[kind]);
  const refused = code.endsWith("Exception");
  return sealFailure(kind, {
    message: refused ? `AWS KMS refused to ${act}` : `AWS KMS could not be asked to ${act}`,
    code,
    hint,
  });
}

/** Names only: the texts of AWS quote callers and keys, those of Node addresses. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const system = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const name = error.name === "Error" || error.name === "AggregateError" ? (system ?? error.name) : error.name;
  // Node names a failed handshake by either, depending on who notices first.
  if (name === "EPROTO" || name.startsWith("ERR_SSL_")) return "TlsRefused";
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) ? name : "unknown";
}

const CREDENTIALS = "Give this process AWS credentials by the SDK's usual chain (role, profile, variables).";
const REACH = "Check the region, the network and the way out to AWS.";

/** What to do whatever the service, by the name that AWS or Node gives the error. */
const HINTS: Readonly<Record<string, string>> = {
  ThrottlingException: "Too many requests: try again later, or ask AWS for a higher quota.",
  LimitExceededException: "A quota is reached: ask AWS for a higher one.",
  InvalidGrantTokenException: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  UnrecognizedClientException: CREDENTIALS,
  InvalidSignatureException: "Check the credentials and this machine's clock.",
  CredentialsProviderError: CREDENTIALS,
  TokenProviderError: CREDENTIALS,
  RegionMissing: "Name it in the reference, …?region=eu-west-1, or set AWS_REGION.",
  TlsRefused: "The handshake failed. The endpoint must speak TLS 1.3; nothing older is used.",
};

/** Services that answer in XML drop the suffix, or have names of their own. */
const ALIASES: Readonly<Record<string, string>> = {
  SlowDown: "ThrottlingException",
  TooManyRequestsException: "ThrottlingException",
  RequestLimitExceeded: "ThrottlingException",
  TooManyUpdates: "ThrottlingException",
  ExpiredToken: "ExpiredTokenException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  RequestTimeTooSkewed: "InvalidSignatureException",
};

/** What to do about a code that has no meaning of its own to the service. */
export function commonHint(code: string): string {
  return HINTS[ALIASES[code] ?? code] ?? REACH;
}

/** Names only: the texts of AWS quote callers and keys, those of Node addresses. */
export function awsCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const system = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const name = error.name === "Error" || error.name === "AggregateError" ? (system ?? error.name) : error.name;
  // Node names a failed handshake by either, depending on who notices first.
  if (name === "EPROTO" || name.startsWith("ERR_SSL_")) return "TlsRefused";
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) ? name : "unknown";
}

/** True when the service itself answered, so that it was reached. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && "$fault" in error;
}

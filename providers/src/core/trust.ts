import { X509Certificate } from "node:crypto";

/** What TLS trusts besides the public roots. */
export interface Trust {
  /** Certificates of private roots for AWS endpoints: PEM, one after the other. Exchanges are never trusted by them. */
  readonly ca: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** What is wrong with the PEM text of private roots, if anything: a phrase that follows the name of a property. Never quotes it. Pure. */
export function trustProblem(ca: string): string | undefined {
  const blocks = [...ca.matchAll(BLOCK)].map(([text, kind]) => ({ text, kind }));
  if (blocks.some(({ kind = "" }) => kind.includes("PRIVATE KEY"))) {
    return "holds a private key: take it out, and replace that key wherever it is used";
  }
  if (blocks.length === 0) return "is no PEM text of a certificate: give the text itself, not a path";
  if (blocks.some(({ text, kind }) => kind !== "CERTIFICATE" || !isAuthority(text))) {
    return "holds something else than certificates of authorities";
  }
  return undefined;
}

function isAuthority(text: string): boolean {
  try {
    return new X509Certificate(text).ca;
  } catch {
    return false;
  }
}

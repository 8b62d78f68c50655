import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const contexts = new Map<string, SecureContext>();

/** PEM texts. */
export interface Roots {
  /** Trusted instead of the public roots. */
  readonly only?: string;
  /** Trusted beside them. */
  readonly also?: string;
}

/**
 * TLS 1.3 with explicit roots: those that Node carries, whatever else its options and variables would have it trust. Made once, because
 * reading a hundred certificates takes longer than a handshake.
 */
export function rootsContext({ only, also }: Roots = {}): SecureContext {
  const name = JSON.stringify([only ?? null, also ?? null]);
  const known = contexts.get(name);
  if (known !== undefined) return known;
  const ca = only ?? [...rootCertificates, ...(also === undefined ? [] : [also])];
  const context = createSecureContext({ minVersion: "TLSv1.3", ca });
  contexts.set(name, context);
  return context;
}

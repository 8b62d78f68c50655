import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

const contexts = new Map<string, SecureContext>();

/**
 * TLS 1.3 with explicit roots: those that Node carries, whatever else its options and variables would have it trust. Made once, because
 * reading a hundred certificates takes longer than a handshake.
 * @param ca trusted instead of them, PEM
 */
export function rootsContext(ca?: string): SecureContext {
  const known = contexts.get(ca ?? "");
  if (known !== undefined) return known;
  const context = createSecureContext({ minVersion: "TLSv1.3", ca: ca ?? [...rootCertificates] });
  contexts.set(ca ?? "", context);
  return context;
}

import { generate } from "selfsigned";

/** PEM texts. */
export interface Certificate {
  /** Its own authority: what a client has to trust. */
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;

/**
 * A certificate for 127.0.0.1, new at each start. It signs itself: one signed by an authority would need key identifiers,
 * which `selfsigned` cannot write and which strict clients (Python 3.13) ask for.
 */
export async function makeCertificate(): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: "exchange sandbox" }], {
    keyType: "ec",
    algorithm: "sha256",
    // Real time, not the sandbox's: clients check certificates by their own clock.
    notBeforeDate: new Date(Date.now() - DAY),
    notAfterDate: new Date(Date.now() + 365 * DAY),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

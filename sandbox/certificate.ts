import { generate } from "selfsigned";

/** PEM texts. */
export interface Certificate {
  /** The authority a client has to trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;

/** An authority and a server certificate for 127.0.0.1, new at each start. The authority's key is forgotten at once. */
export async function makeCertificate(): Promise<Certificate> {
  const common = {
    keyType: "ec" as const,
    algorithm: "sha256",
    // Real time, not the sandbox's: clients check certificates by their own clock.
    notBeforeDate: new Date(Date.now() - DAY),
    notAfterDate: new Date(Date.now() + 365 * DAY),
  };
  const authority = await generate([{ name: "commonName", value: "exchange sandbox authority" }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "exchange sandbox" }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}

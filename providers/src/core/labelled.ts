import type { SealedDocument, SealedVersion } from "../seal/document";
import { serialOf } from "./ownership";
import type { ListedKey } from "./situation";

/** What labels are compared with. */
export interface LabelProof {
  /** Every key of the sub-account. */
  readonly listed: readonly ListedKey[];
  /** Owner hash of the declared identity. */
  readonly hash: string;
  /** Sealing reference that is declared: nothing sealed by another one will be opened. */
  readonly seal: string;
  readonly now: Date;
  /** ISO time at which an overlap that begins now ends. */
  readonly until: string;
}

/**
 * What the exchange's own labels prove of a document without a good stamp, where state is lost. They prove versions that the exchange
 * lists under our label with that serial. Everything else that it says is left out, and no superseded version is given another end than an
 * overlap from now.
 */
export function labelledDocument(document: SealedDocument, proof: LabelProof): SealedDocument {
  const versions = document.versions
    .filter((version) => version.state !== "pending" && isProven(version, proof))
    .map((version) => provenVersion(version, proof));
  const { format, identity, holder } = document;
  return { format, identity, holder, seq: 0, lastSerial: Math.max(0, ...versions.map(({ serial }) => serial)), versions };
}

function isProven({ apiKey, serial }: SealedVersion, { listed, hash }: LabelProof): boolean {
  const key = listed.find((one) => one.apiKey === apiKey);
  return key !== undefined && serialOf(key, hash) === serial;
}

/**
 * Scopes, fingerprint and ciphertext stay as they are: whoever opens the version checks them against what is sealed. So bots may not be able to
 * open it, which only they can tell: a successor is issued, and it has its overlap.
 */
function provenVersion(version: SealedVersion, { seal, now, until }: LabelProof): SealedVersion {
  const { notAfter: _, retireAfter: __, answers: ___, passphrase, issuedAt, ...rest } = version;
  const isLater = Date.parse(issuedAt) > now.getTime();
  return {
    ...rest,
    issuedAt: isLater ? now.toISOString() : issuedAt,
    ...(version.state === "previous" ? { retireAfter: until } : { unproven: true as const }),
    ...(passphrase === undefined || version.key !== seal ? {} : { passphrase }),
  };
}

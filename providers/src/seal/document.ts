import type { ApiKeyId, Identity, Scope } from "../core/words";

/** The format that this code writes. Every older one is read. */
export const DOCUMENT_FORMAT = "exchange-keys/1";

/** `pending`: sealed, not yet verified. `current`: what bots should use. `previous`: still works until `retireAfter`. */
export type VersionState = "pending" | "current" | "previous";

/** One sealed key. Everything here is public. The ciphertext's plaintext repeats it and is what counts. */
export interface SealedVersion {
  readonly serial: number;
  readonly apiKey: ApiKeyId;
  readonly state: VersionState;
  readonly scopes: readonly Scope[];
  /** ISO time. */
  readonly issuedAt: string;
  /** ISO time at which the exchange stops honouring the key, if it does. */
  readonly notAfter?: string;
  /** True when the key expires because it was issued without addresses. */
  readonly unbound?: true;
  /** ISO time from which a previous version may be retired. */
  readonly retireAfter?: string;
  /** Fingerprint of the caller's public key that the exchange knows. The version then has no secret. */
  readonly fingerprint?: string;
  /** Sealing reference that opens `ciphertext`. */
  readonly key: string;
  readonly ciphertext: string;
  /** Ciphertext of the passphrase that manages the key, under `key` and its own context. Only where the exchange asks for one. */
  readonly passphrase?: string;
  /** Present where the version was sealed under another identity than the document's (after a rename). */
  readonly identity?: Identity;
  /** Which `rotate.trigger` asked for this version: the start of its hash. */
  readonly answers?: string;
  /** True where it was taken over on the proof of its label alone: whether bots can open it, nobody knows. */
  readonly unproven?: true;
}

/** Written before an issue is asked for, so that a key nobody can open is known as our own. */
export interface Intent {
  readonly serial: number;
  /** Absent where keys carry none. */
  readonly label?: string;
  /** Where keys carry no label: the public ids that there were before. */
  readonly before?: readonly ApiKeyId[];
  /** ISO time. */
  readonly at: string;
  /** Sealed before the key exists, so that a key nobody can open can still be revoked. */
  readonly passphrase?: { readonly key: string; readonly ciphertext: string };
  /** Present where the passphrase was sealed under another identity than the document's (after a rename). */
  readonly identity?: Identity;
}

/** The published document: safe to publish, and the write-ahead log of a key's life. */
export interface SealedDocument {
  readonly format: typeof DOCUMENT_FORMAT;
  readonly identity: Identity;
  /** Random. Tells which resource owns the document. */
  readonly holder: string;
  /**
   * Former holders, kept until the new holder is known to be recorded. If a run dies before that, a former holder takes the document
   * back.
   */
  readonly takenFrom?: readonly string[];
  /** The last holders before this one, the newest last. Unlike `takenFrom` it is never dropped, so that it proves a takeover for good. */
  readonly heldBefore?: readonly string[];
  /** How many times this key's document was published. Never falls. Absent in documents of releases before the stamp. */
  readonly seq?: number;
  /** Owner hash in the labels of this key, where it is not the hash of `identity` (after a rename). */
  readonly hash?: string;
  /** Highest serial ever used here. Never falls. */
  readonly lastSerial: number;
  readonly intent?: Intent;
  readonly versions: readonly SealedVersion[];
  /** Proof that the deployer wrote this text: see `stamp.ts`. State never holds it. */
  readonly stamp?: string;
}

/** What is sealed, as JSON. `apiKey`, `secret` and `password` are ccxt's names. Flat and short, because state holds its ciphertext. */
export interface Plaintext extends Identity {
  /** Version of this form. */
  readonly v: 1;
  readonly serial: number;
  readonly apiKey: ApiKeyId;
  /** Separated by one space. */
  readonly scopes: string;
  readonly issuedAt: string;
  readonly notAfter?: string;
  /** Absent where the caller's public key is registered. */
  readonly secret?: string;
  /** Its fingerprint, where there is no secret. */
  readonly fingerprint?: string;
  /** Passphrase, on exchanges that have one. */
  readonly password?: string;
}

import type { Identity } from "../core/words";

/** Authenticated with every ciphertext: KMS encryption context, or associated data of the local sealer. All values are strings. */
export interface SealContext extends Identity {
  readonly serial: string;
  /** Names what is sealed when it is not the key itself, so that the right to open it can be given apart. */
  readonly part?: "passphrase";
}

/** Seals and opens one plaintext of less than 4 KiB. */
export interface Sealer {
  /** The reference it was opened with, such as `awskms://alias/bots?region=eu-west-1` or `local:///path/to/key`. */
  readonly reference: string;
  /** @returns base64. @throws KeyError `SealFailed` */
  seal(plaintext: Uint8Array, context: SealContext): Promise<string>;
  /** @throws KeyError `OpenFailed`. `WrongContext` when it was sealed under another context, or altered */
  open(ciphertext: string, context: SealContext): Promise<Uint8Array>;
}

import { readPublicKey } from "../core/public-key";
import { type OpenOptions, openPublished, readPublished } from "./open";
import { type Facts, factsOf } from "./opened-key";
import { wrongPrivateKey } from "./private-key";

/** A key that something else signs with, such as a KMS key or a hardware module. */
export type SignersKey = Facts & Required<Pick<Facts, "fingerprint">>;

/** How a key is opened whose private half never leaves its signer. */
export interface SignerOptions extends Omit<OpenOptions, "privateKey"> {
  /** Public keys, in PEM, that the signer can sign for: during a rotation the old and the new one. */
  readonly publicKeys: readonly string[];
}

/**
 * Opens a key that has no secret, for a bot whose private key is not available as text. The `fingerprint` of the result says which of the
 * signer's keys to use.
 * @throws KeyError as `openKey`. `WrongPrivateKey` when the signer has none of the version's key pair, or the version has a secret
 */
export async function openForSigner(options: SignerOptions): Promise<SignersKey> {
  const opened = await openPublished(await readPublished(options), options);
  const { fingerprint, serial } = opened;
  if (fingerprint === undefined) {
    const message = `version ${serial} has a secret, and no key pair that a signer could have`;
    throw wrongPrivateKey({ message, code: "HasSecret", hint: "Open it with openKey, or declare a publicKey and run up." });
  }
  const held = options.publicKeys.map(readPublicKey).some((key) => "fingerprint" in key && key.fingerprint === fingerprint);
  if (held) return { ...factsOf(opened), fingerprint };
  const message = `version ${serial} belongs to the key pair ${fingerprint}, which the signer does not have`;
  throw wrongPrivateKey({ message, hint: "Declare the signer's publicKey. During a rotation name the old and the new one." });
}

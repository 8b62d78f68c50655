import { identityOf } from "../core/inputs";
import { Secret } from "../core/secret";
import type { Identity } from "../core/words";
import { passphraseContextOf } from "../seal/context";
import type { SealedDocument, SealedVersion } from "../seal/document";
import type { Surroundings } from "./surroundings";

/** A passphrase that manages a key, sealed apart from the key's secret. */
export interface SealedPassphrase {
  readonly key: string;
  readonly ciphertext: string;
}

/** Which key a passphrase belongs to. */
export interface PassphraseOwner {
  readonly identity: Identity;
  readonly serial: number;
}

/** @throws KeyError `SealFailed` */
export async function sealPassphrase(
  passphrase: Secret,
  owner: PassphraseOwner,
  sealing: { readonly surroundings: Surroundings; readonly reference: string },
): Promise<SealedPassphrase> {
  const plaintext = Buffer.from(passphrase.reveal());
  try {
    const context = passphraseContextOf(identityOf(owner.identity), owner.serial);
    return { key: sealing.reference, ciphertext: await sealing.surroundings.sealer(sealing.reference).seal(plaintext, context) };
  } finally {
    plaintext.fill(0);
  }
}

/** The passphrase that manages a version; `undefined` where its exchange asks for none. @throws KeyError `OpenFailed`, `WrongContext` */
export async function versionPassphrase(
  version: SealedVersion,
  document: SealedDocument,
  surroundings: Surroundings,
): Promise<Secret | undefined> {
  if (version.passphrase === undefined) return undefined;
  const owner = { identity: version.identity ?? document.identity, serial: version.serial };
  return await open({ key: version.key, ciphertext: version.passphrase }, owner, surroundings);
}

/** The passphrase of the key that a document's intent names. @throws KeyError `OpenFailed`, `WrongContext` */
export async function intentPassphrase(document: SealedDocument, surroundings: Surroundings): Promise<Secret | undefined> {
  const { intent, identity } = document;
  if (intent?.passphrase === undefined) return undefined;
  return await open(intent.passphrase, { identity: intent.identity ?? identity, serial: intent.serial }, surroundings);
}

async function open(sealed: SealedPassphrase, owner: PassphraseOwner, surroundings: Surroundings): Promise<Secret> {
  const context = passphraseContextOf(identityOf(owner.identity), owner.serial);
  const plaintext = await surroundings.sealer(sealed.key).open(sealed.ciphertext, context);
  try {
    return new Secret(Buffer.from(plaintext).toString("utf8"));
  } finally {
    plaintext.fill(0);
  }
}

export type { ErrorKind } from "../core/errors";
export { isKind, KeyError } from "../core/errors";
export type { Environment, Identity, Scope } from "../core/words";
export { type Follow, followKey } from "./follow";
export { type OpenOptions, openKey } from "./open";
export { openForSigner, type SignerOptions, type SignersKey } from "./open-for-signer";
export type { CcxtCredentials, OpenedKey } from "./opened-key";
export type { PrivateKeySource } from "./private-key";

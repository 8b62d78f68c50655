import { isKind, KeyError } from "../core/errors";
import { identityOf, type ScheduledApiKeyInputs } from "../core/inputs";
import type { Recorded, Stray, StrayPassphrase } from "../core/record";
import { Secret } from "../core/secret";
import type { ApiKeyId, Identity } from "../core/words";
import { passphraseContextOf } from "../seal/context";
import { derivedPassphrase } from "../seal/derived-passphrase";
import type { SealedDocument, SealedVersion } from "../seal/document";
import type { Exchange, Surroundings } from "./surroundings";

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

/** What managing a key takes. */
export interface Management {
  readonly inputs: Pick<ScheduledApiKeyInputs, "subAccount" | "exchange">;
  readonly recorded: Pick<Recorded, "hash" | "sealed">;
  readonly exchange: Exchange;
  readonly surroundings: Surroundings;
  readonly ownSeals: OwnSeals;
}

/** Sealing references that the program or the state names. No other is ever opened. */
export type OwnSeals = ReadonlySet<string>;

/** Those of what is declared, and of what state held when the run began. */
export function ownSealsOf(seal: string, { sealed, strays }: Pick<Recorded, "sealed" | "strays">): OwnSeals {
  const intended = sealed.intent?.passphrase?.key;
  const keys = [...sealed.versions.map(({ key }) => key), ...strays.map(({ passphrase }) => passphrase?.key), intended];
  return new Set([seal, ...keys.filter((key) => key !== undefined)]);
}

/** A key that is managed, with what is recorded of its passphrase. */
export interface ManagedKey {
  readonly apiKey: ApiKeyId;
  readonly serial: number | undefined;
  readonly sealed: StrayPassphrase | undefined;
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

export function managedVersion({ apiKey, serial, key, passphrase, identity }: SealedVersion): ManagedKey {
  const sealed =
    passphrase === undefined
      ? undefined
      : { key, ciphertext: passphrase, serial, ...(identity === undefined ? {} : { identity }) };
  return { apiKey, serial, sealed };
}

/** The key that a document's intent names. */
export function managedIntent({ intent }: SealedDocument, apiKey: ApiKeyId): ManagedKey {
  if (intent?.passphrase === undefined) return { apiKey, serial: intent?.serial, sealed: undefined };
  const { serial, identity, passphrase } = intent;
  return { apiKey, serial, sealed: { ...passphrase, serial, ...(identity === undefined ? {} : { identity }) } };
}

export function managedStray({ apiKey, serial, passphrase }: Stray): ManagedKey {
  return { apiKey, serial: serial ?? passphrase?.serial, sealed: passphrase };
}

/** Revokes a key, with its own passphrase where its exchange asks for one. @throws KeyError */
export function revoke(management: Management, key: ManagedKey): Promise<void> {
  const { exchange, inputs } = management;
  return withPassphrase(management, key, (passphrase) => exchange.adapter.revoke(inputs.subAccount, key.apiKey, passphrase));
}

/** A refused passphrase is told in the words of any other wrong value. */
const PERHAPS_ANOTHER = ["CredentialsUnavailable", "InvalidInput", "AuthFailed"] as const;
/** How it ends where no passphrase that is known is a key's own. */
export const BEYOND_REACH = [...PERHAPS_ANOTHER, "OpenFailed", "WrongContext"] as const;

/**
 * Does what takes a key's own passphrase: the one that was sealed apart, else the one that follows from the parent's secret. So neither a lost
 * document nor a sealing key that is out of use keeps a key from being changed or ended.
 * @throws KeyError the first failure, where none is taken
 */
export async function withPassphrase<T>(
  management: Management,
  key: ManagedKey,
  act: (passphrase: Secret | undefined) => Promise<T>,
): Promise<T> {
  const rules = management.exchange.adapter.descriptor.passphrase?.value;
  if (rules?.toManage !== true) return await act(undefined);
  const candidates = [
    ...(key.sealed === undefined ? [] : [key.sealed].map((sealed) => () => open(management, sealed))),
    ...derivedCandidates(management, key.serial, rules),
  ];
  if (candidates.length === 0) return await act(undefined);
  const failures: unknown[] = [];
  for (const candidate of candidates) {
    try {
      return await act(await candidate());
    } catch (error) {
      if (!isKind(error, ...BEYOND_REACH)) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}

function derivedCandidates(
  { exchange, recorded }: Management,
  serial: number | undefined,
  rules: { readonly length: number; readonly sets: readonly string[] },
): readonly (() => Promise<Secret>)[] {
  if (serial === undefined) return [];
  return exchange.stampKeys.map((key) => async () => derivedPassphrase(key, { hash: recorded.hash, serial }, rules));
}

/** @throws KeyError `OpenFailed`, `WrongContext` */
async function open({ inputs, recorded, surroundings, ownSeals }: Management, sealed: StrayPassphrase): Promise<Secret> {
  requireOwnSeal(sealed.key, ownSeals, inputs.exchange);
  const context = passphraseContextOf(identityOf(sealed.identity ?? recorded.sealed.identity), sealed.serial);
  const plaintext = await surroundings.sealer(sealed.key).open(sealed.ciphertext, context);
  try {
    return new Secret(Buffer.from(plaintext).toString("utf8"));
  } finally {
    plaintext.fill(0);
  }
}

/**
 * Only a declared or recorded sealing key opens something. A document could name a stranger's key, and the stranger would learn of it.
 * @throws KeyError `OpenFailed`, code `ForeignSeal`
 */
export function requireOwnSeal(reference: string, ownSeals: OwnSeals, exchange: string): void {
  if (ownSeals.has(reference)) return;
  throw new KeyError({
    kind: "OpenFailed",
    exchange,
    message: "the document names a sealing key that neither the program nor the state names; it was not asked",
    code: "ForeignSeal",
    hint: "Find out who wrote the document.",
  });
}

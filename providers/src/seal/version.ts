import { z } from "zod";
import { type ErrorKind, KeyError } from "../core/errors";
import { identityOf, sameIdentity } from "../core/inputs";
import { Secret } from "../core/secret";
import { sameSet } from "../core/sets";
import { type ApiKeyId, type Identity, SCOPES, type Scope } from "../core/words";
import { contextOf } from "./context";
import type { Plaintext, SealedVersion } from "./document";
import { sealFailure } from "./failure";
import type { Sealer } from "./sealer";

/** One issued key with everything that its plaintext repeats. */
export interface OpenVersion {
  readonly identity: Identity;
  readonly serial: number;
  readonly apiKey: ApiKeyId;
  readonly scopes: readonly Scope[];
  /** ISO time. */
  readonly issuedAt: string;
  /** ISO time at which the exchange stops honouring the key, if it does. */
  readonly notAfter?: string;
  /** Absent where the caller's public key is registered: then nobody but the caller can sign. */
  readonly secret?: Secret;
  /** Fingerprint of that public key, in place of a secret. */
  readonly fingerprint?: string;
  /** On exchanges that have one. */
  readonly passphrase?: Secret;
}

/** KMS seals no more than this in one call. */
const LIMIT_BYTES = 4096;

/**
 * Seals one key as a `pending` version, bound to its identity and serial.
 * @throws KeyError `SealFailed`
 */
export async function sealVersion(sealer: Sealer, version: OpenVersion): Promise<SealedVersion> {
  const { serial, apiKey, scopes, issuedAt } = version;
  const notAfter = version.notAfter === undefined ? {} : { notAfter: version.notAfter };
  const fingerprint = version.fingerprint === undefined ? {} : { fingerprint: version.fingerprint };
  const plaintext = Buffer.from(JSON.stringify(plaintextOf(version)));
  try {
    if (plaintext.length >= LIMIT_BYTES) {
      throw sealFailure("SealFailed", {
        message: `a key with its identity takes ${plaintext.length} bytes, and fewer than ${LIMIT_BYTES} can be sealed`,
        hint: "Shorten owner, bot, account, sub-account or name.",
      });
    }
    const ciphertext = await sealer.seal(plaintext, contextOf(version.identity, serial));
    return { serial, apiKey, state: "pending", scopes, issuedAt, ...notAfter, ...fingerprint, key: sealer.reference, ciphertext };
  } finally {
    plaintext.fill(0);
  }
}

function plaintextOf(version: OpenVersion): Plaintext {
  const { identity, serial, apiKey, scopes, issuedAt, notAfter, secret, fingerprint, passphrase } = version;
  return {
    v: 1,
    ...identityOf(identity),
    serial,
    apiKey,
    scopes: scopes.join(" "),
    issuedAt,
    ...(notAfter === undefined ? {} : { notAfter }),
    ...(secret === undefined ? {} : { secret: secret.reveal() }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(passphrase === undefined ? {} : { password: passphrase.reveal() }),
  };
}

const scopeList = z.string().transform((text) => (text === "" ? [] : text.split(" ")));

const plaintextSchema = z
  .object({
    v: z.literal(1),
    owner: z.string(),
    bot: z.string(),
    exchange: z.string(),
    account: z.string(),
    subAccount: z.string(),
    name: z.string(),
    serial: z.number().int(),
    apiKey: z.string().min(1),
    scopes: scopeList.pipe(z.array(z.enum(SCOPES))),
    issuedAt: z.string(),
    notAfter: z.string().exactOptional(),
    secret: z.string().min(1).exactOptional(),
    fingerprint: z.string().min(1).exactOptional(),
    password: z.string().exactOptional(),
  })
  .refine(({ secret, fingerprint }) => (secret === undefined) !== (fingerprint === undefined));
type Sealed = z.output<typeof plaintextSchema>;

/**
 * Opens a version and compares what is sealed with what is public and with the identity that the caller expects.
 * @param identity from the caller's own configuration, never from the document
 * @throws KeyError `OpenFailed`. `WrongContext` when it was sealed for another identity or serial, or altered. `WrongDocument` when only its
 * plaintext says so. `SwappedVersion` when the public part is another version's. `EditedPublicId`, `EditedScopes`, `EditedDates` or
 * `EditedFingerprint` when that alone is another than was sealed. `TamperedDocument` when several are, or no plaintext of ours is there
 */
export async function openVersion(sealer: Sealer, version: SealedVersion, identity: Identity): Promise<OpenVersion> {
  const plaintext = await sealer.open(version.ciphertext, contextOf(identity, version.serial));
  try {
    const sealed = parsePlaintext(plaintext, version.serial);
    const problem = difference(sealed, version, identity);
    if (problem !== undefined) throw problem;
    return opened(sealed);
  } finally {
    plaintext.fill(0);
  }
}

/** The parser's own error quotes what it cannot read, so it goes no further. */
function parsePlaintext(plaintext: Uint8Array, serial: number): Sealed {
  try {
    return plaintextSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plaintext)));
  } catch {
    throw tampered(`what is sealed as version ${serial} is not a key of this format`);
  }
}

function difference(sealed: Sealed, version: SealedVersion, identity: Identity): KeyError | undefined {
  if (!sameIdentity(sealed, identity)) {
    return new KeyError({
      kind: "WrongDocument",
      message: `version ${version.serial} was sealed for another key than the one expected`,
      hint: "Check which document this bot reads.",
    });
  }
  if (sealed.serial !== version.serial) return swapped(version.serial, "carries another serial than the secret sealed in it");
  return edit(sealed, version);
}

/** A version's public part of the right serial, field by field. */
function edit(sealed: Sealed, version: SealedVersion): KeyError | undefined {
  const edits = (
    [
      { kind: "EditedPublicId", field: "apiKey", same: sealed.apiKey === version.apiKey },
      { kind: "EditedScopes", field: "scopes", same: sameSet(sealed.scopes, version.scopes) },
      { kind: "EditedDates", field: "issuedAt", same: sealed.issuedAt === version.issuedAt },
      { kind: "EditedDates", field: "notAfter", same: sealed.notAfter === version.notAfter },
      { kind: "EditedFingerprint", field: "fingerprint", same: sealed.fingerprint === version.fingerprint },
    ] as const
  ).filter(({ same }) => !same);
  const [first, ...others] = edits;
  if (first === undefined) return undefined;
  const fields = edits.map(({ field }) => field);
  if (fields.includes("apiKey") && fields.includes("issuedAt")) {
    return swapped(version.serial, "carries another public id and date of issue than the secret sealed in it");
  }
  const kind = others.every((other) => other.kind === first.kind) ? first.kind : "TamperedDocument";
  return tampered(`${fields.join(", ")} of version ${version.serial}: not what was sealed`, kind);
}

/** The public part of version `serial` and its ciphertext belong to different versions. */
export function swapped(serial: number, how: string): KeyError {
  return new KeyError({ kind: "SwappedVersion", message: `version ${serial} ${how}`, hint: "Publish the document again." });
}

function tampered(message: string, kind: ErrorKind = "TamperedDocument"): KeyError {
  return new KeyError({ kind, message, hint: "Publish the document again, and find out who changed it." });
}

function opened(sealed: Sealed): OpenVersion {
  const identity = identityOf(sealed);
  const { serial, apiKey, scopes, issuedAt, notAfter, secret, fingerprint, password } = sealed;
  return {
    identity,
    serial,
    apiKey,
    scopes,
    issuedAt,
    ...(notAfter === undefined ? {} : { notAfter }),
    ...(secret === undefined ? {} : { secret: new Secret(secret) }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(password === undefined ? {} : { passphrase: new Secret(password) }),
  };
}

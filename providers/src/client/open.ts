import type { AwsSurroundings, Variables } from "../aws-api/endpoint";
import { KeyError } from "../core/errors";
import { identityOf, sameIdentity } from "../core/inputs";
import { isLocalInProduction } from "../core/local-sealing";
import { type Trust, trustProblem } from "../core/trust";
import type { Environment, Identity } from "../core/words";
import { openStore } from "../publish/open-store";
import type { StoredDocument } from "../publish/store";
import type { SealedDocument, SealedVersion } from "../seal/document";
import { openSealer } from "../seal/open-sealer";
import type { Sealer } from "../seal/sealer";
import type { OpenVersion } from "../seal/version";
import { openAmong } from "./open-among";
import { type OpenedKey, openedKey } from "./opened-key";
import { type PrivateKeySource, privateKeyOf } from "./private-key";
import { placeOf, rememberSerial, requireSerial } from "./serials";

/** How a key is opened, and what it has to be. */
export interface OpenOptions {
  /** Where the document is published: a URL such as `ssm:///desk/bots/mm-1?region=eu-west-1`, or a path of this machine. */
  readonly document: string;
  /** Whose key this bot expects, from its own configuration. Never taken from the document. */
  readonly expect: Identity;
  /**
   * Refuse any version below this serial. Keep the highest one that this bot has used, across its restarts. With the default 0 a bot
   * that has just started takes an older document for the latest one. `followKey` raises it by itself as long as the process lives.
   */
  readonly minSerial?: number;
  /** Default `current`. The previous version works until the overlap ends. */
  readonly use?: "current" | "previous";
  /**
   * Sealing reference that the key must be sealed by: the `seal` of its declaration. Without it the document names its own.
   * Then whoever can write both the document and a key that this bot may use can hand the bot another key. Production needs it for a key file.
   */
  readonly sealedBy?: string;
  /**
   * The bot's own private key in PEM, for keys whose public half is registered at the exchange. Of several keys the one that belongs to the
   * version is used. Give old and new during a rotation. A function is asked each time a document is opened.
   */
  readonly privateKey?: PrivateKeySource;
  /** Where "now" comes from. Default: this machine's clock. */
  readonly now?: () => Date;
  /**
   * Where the key lives, by the bot's own configuration. Neither the document nor `expect` names it. Only `sandbox` may move AWS services to an
   * endpoint on this machine, and it reaches no other. Default `production`.
   */
  readonly environment?: Environment;
  /** Default `process.env`. */
  readonly env?: Variables;
  /** Private roots that AWS endpoints are trusted by, beside the public ones that Node carries. Options and variables of Node add none. */
  readonly trust?: Trust;
}

/**
 * Reads the published document and opens one key of it.
 * @throws KeyError
 * - `PublicationFailed`: nothing there, or unreadable
 * - `OpenFailed`: KMS or key file refuses, or there is no such version
 * - `WrongDocument`: another bot's, or another key's
 * - `WrongContext`: the same, edited to look like this one's, or another edit of that sort
 * - `OlderDocument`: below `minSerial`, or an older version under a higher serial
 * - `VersionExpired`: past its `notAfter`
 * - `SwappedVersion`: the ciphertext of another version
 * - `EditedPublicId`, `EditedScopes`, `EditedDates`, `EditedFingerprint`: that part differs from what was sealed
 * - `TamperedDocument`: several parts differ, or it is no document of ours
 * - `WrongPrivateKey`: the version is of the bot's own key pair, and no `privateKey` belongs to it
 * - `InvalidInput`, `EnvironmentRefused`: `document`, `sealedBy`, `trust` or the environment cannot be used, or Node would log requests to AWS
 * - `EnvironmentRefused`, code `LocalSealing`: a key file has sealed a key of production, and `sealedBy` does not name it
 */
export async function openKey(options: OpenOptions): Promise<OpenedKey> {
  return openStored(await readPublished(options), options);
}

/** @throws KeyError `PublicationFailed`, also when nothing is there, and `TamperedDocument` */
export async function readPublished(options: OpenOptions): Promise<StoredDocument> {
  const stored = await openStore(placeOf(options), surroundingsOf(options)).read();
  if (stored !== undefined) return stored;
  throw new KeyError({
    kind: "PublicationFailed",
    message: "no document is published where this bot looks",
    code: "ENOENT",
    hint: "Check the place, and whether the key's first run succeeded.",
  });
}

/** Opens a sealing key by its reference. */
export type SealerOf = (reference: string) => Sealer;

/** Opens one key of a document that was read. @throws KeyError as {@link openKey} */
export async function openStored(stored: StoredDocument, options: OpenOptions, sealerOf?: SealerOf): Promise<OpenedKey> {
  const opened = await openPublished(stored, options, sealerOf);
  return openedKey(opened, opened.secret ?? (await privateKeyOf(opened, options.privateKey)));
}

/** The same as it was sealed, checked but for who can sign with it. @throws KeyError */
export async function openPublished(
  { document }: StoredDocument,
  options: OpenOptions,
  sealerOf: SealerOf = (reference) => openSealer(reference, surroundingsOf(options)),
): Promise<OpenVersion> {
  const version = pick(document, options.use ?? "current");
  requireIdentity(version.identity ?? document.identity, options.expect);
  requireSerial(version, options.minSerial ?? 0);
  requireReference(version, options);
  const opened = await openAmong(document.versions, version, { sealer: sealerOf(version.key), identity: options.expect });
  rememberSerial(options, opened.serial);
  requireNotExpired(opened, options);
  return opened;
}

function surroundingsOf({ environment = "production", env = process.env, trust }: OpenOptions): AwsSurroundings {
  const problem = trust === undefined ? undefined : trustProblem(trust.ca);
  if (problem !== undefined) throw new KeyError({ kind: "InvalidInput", message: `trust.ca ${problem}` });
  return { environment, env, ...(trust === undefined ? {} : { trust }) };
}

/** @throws KeyError `VersionExpired` */
export function requireNotExpired(version: Pick<OpenVersion, "serial" | "notAfter">, options: OpenOptions): void {
  const now = options.now?.() ?? new Date();
  if (version.notAfter === undefined || Date.parse(version.notAfter) > now.getTime()) return;
  throw new KeyError({
    kind: "VersionExpired",
    message: `version ${version.serial} expired at ${version.notAfter}, and it is ${now.toISOString()}`,
    hint: "Run the rotation that is due, or correct this machine's clock.",
  });
}

function pick(document: SealedDocument, use: "current" | "previous"): SealedVersion {
  const version = document.versions.find(({ state }) => state === use);
  if (version !== undefined) return version;
  throw new KeyError({
    kind: "OpenFailed",
    message: `the document has no ${use} version`,
    code: "NoSuchVersion",
    hint: use === "current" ? "Run pulumi up: the first key is not finished yet." : "Only an overlap has a previous version.",
  });
}

function requireIdentity(found: Identity, expected: Identity): void {
  if (sameIdentity(found, expected)) return;
  const here = new Map(Object.entries(identityOf(found)));
  const different = Object.entries(identityOf(expected)).filter(([name, value]) => here.get(name) !== value);
  throw new KeyError({
    kind: "WrongDocument",
    message: `the document belongs to another key: ${different.map(([name]) => name).join(", ")} not as expected`,
    hint: "Check which document this bot reads, and what it expects.",
  });
}

function requireReference(version: SealedVersion, { sealedBy, environment = "production" }: OpenOptions): void {
  if (sealedBy === version.key) return;
  if (sealedBy !== undefined) {
    throw new KeyError({
      kind: "WrongDocument",
      message: `version ${version.serial} is sealed by another key than sealedBy`,
      hint: "After a change of the sealing key, change the sealedBy of this bot too.",
    });
  }
  if (!isLocalInProduction(version.key, environment)) return;
  throw new KeyError({
    kind: "EnvironmentRefused",
    message: `version ${version.serial} is sealed by a key file, which this bot does not expect in production`,
    code: "LocalSealing",
    hint: "Somebody else may have made that file. If this bot must use it, name it as sealedBy.",
  });
}

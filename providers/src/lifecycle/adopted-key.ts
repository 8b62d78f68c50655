import { adoptCommand } from "../core/adopt-command";
import {
  type AdoptedOutputs,
  type AdoptedStatus,
  dueAt,
  pickAdoptedInputs,
  standingOf,
  usableFrom,
  type Watch,
  type WatchedInputs,
  watchOf,
} from "../core/adopted";
import { ADOPTED_HOLDER, digestOf, documentChange, type RecordedDocument, showDrift } from "../core/adopted-document";
import { type ErrorKind, KeyError } from "../core/errors";
import { sameIdentity } from "../core/inputs";
import { type Drift, versionIn } from "../core/record";
import { sameSet } from "../core/sets";
import type { SealedDocument, SealedVersion } from "../seal/document";
import { writeDocument } from "../seal/parse-document";
import type { AdoptedSurroundings } from "./adopted-surroundings";
import { verifyItself } from "./self-inspection";

const RUNBOOK = "docs/runbooks.md#an-adopted-key-is-overdue";

/**
 * Records the key that the published document holds. Changes nothing anywhere.
 * @throws KeyError `PublicationFailed`, `Conflict`, `WrongDocument`, `OlderDocument`, `TamperedDocument` for the document.
 * `PolicyViolation` (overdue, or other scopes), `KeyExpired`, `VerificationFailed` for the key
 */
export async function recordAdopted(
  inputs: WatchedInputs,
  recorded: AdoptedOutputs | undefined,
  surroundings: AdoptedSurroundings,
): Promise<AdoptedOutputs> {
  const published = (await surroundings.store(inputs.publish).read())?.document;
  const { document, version } = requireAdopted(published, inputs);
  const refuse = refusing(inputs, version.key);
  const { holder } = document;
  const digest = digestOf(writeDocument(document));
  requireProgress(inputs, recorded, { holder, serial: version.serial, digest });
  if (!sameSet(version.scopes, inputs.scopes)) {
    throw refuse("PolicyViolation", `the key was adopted with the scopes ${version.scopes.join(", ")}, and others are declared`);
  }
  if (inputs.seal !== undefined && inputs.seal !== version.key) {
    throw refuse("WrongDocument", "the document is sealed by another key than the one declared");
  }
  const status = requireAge(inputs, version, surroundings);
  const drift = await verifyItself(inputs, version, surroundings);
  if (Object.keys(drift).length > 0) {
    throw refuse("VerificationFailed", `the key is not what it is declared to be: ${showDrift(drift)}`);
  }
  return outputsOf(inputs, { version, holder, digest, status }, surroundings);
}

interface Found {
  readonly version: SealedVersion;
  readonly holder: string;
  readonly digest: string;
  readonly status: AdoptedStatus;
}

/** Complete, without a single `undefined`: the engine would turn one into a failure. */
function outputsOf(inputs: WatchedInputs, found: Found, surroundings: AdoptedSurroundings): AdoptedOutputs {
  const { version, holder, digest, status } = found;
  const { apiKey, serial, issuedAt, notAfter } = version;
  const cooldown = surroundings.descriptor(inputs.exchange).withdrawCooldownHours?.value;
  const outputs = {
    ...pickAdoptedInputs({ ...inputs }),
    apiKey,
    serial,
    issuedAt,
    expiresAt: notAfter,
    usableFrom: usableFrom({ ...inputs, issuedAt }, cooldown),
    digest,
    holder,
    status,
  };
  return JSON.parse(JSON.stringify(outputs)) as AdoptedOutputs;
}

interface Adopted {
  readonly document: SealedDocument;
  /** The current one. */
  readonly version: SealedVersion;
}

function requireAdopted(document: SealedDocument | undefined, inputs: WatchedInputs): Adopted {
  const refuse = refusing(inputs);
  if (document === undefined) throw refuse("PublicationFailed", `no document is published at ${inputs.publish}`);
  if (!sameIdentity(document.identity, inputs)) {
    throw refuse("Conflict", `the document at ${inputs.publish} belongs to another key`);
  }
  if (!document.holder.startsWith(ADOPTED_HOLDER)) {
    throw refuse("Conflict", `the document at ${inputs.publish} is held by an ApiKey: it was not adopted`);
  }
  const version = versionIn(document, "current");
  if (version === undefined) throw refuse("PublicationFailed", "the document has no current version");
  return { document, version };
}

function requireProgress(inputs: WatchedInputs, recorded: AdoptedOutputs | undefined, found: RecordedDocument): void {
  if (recorded === undefined || recorded.holder !== found.holder || inputs.publish !== recorded.publish) return;
  const refuse = refusing(inputs);
  if (found.serial < recorded.serial) {
    throw refuse("OlderDocument", `serial ${found.serial} is published, and ${recorded.serial} was recorded before`);
  }
  if (found.serial === recorded.serial && found.digest !== recorded.digest) {
    throw refuse("TamperedDocument", "the document was changed without a new adoption");
  }
}

function requireAge(inputs: WatchedInputs, version: SealedVersion, surroundings: AdoptedSurroundings): AdoptedStatus {
  const { maxAge, onOverdue, exchange, name } = inputs;
  const status = standingOf(version, maxAge, surroundings.clock.now());
  if (status === "ready") return status;
  const what = `the key with serial ${version.serial} ${whatIsDue(version, { maxAge, status })}; see ${RUNBOOK}`;
  if (onOverdue === "error") {
    throw refusing(inputs, version.key)(status === "expired" ? "KeyExpired" : "PolicyViolation", what);
  }
  surroundings.notice(`${exchange} "${name}": ${what}`);
  return status;
}

function whatIsDue(version: SealedVersion, due: { readonly maxAge: string; readonly status: AdoptedStatus }): string {
  const { issuedAt, notAfter } = version;
  const byAge = dueAt({ issuedAt }, due.maxAge);
  if (due.status === "expired") return `expired at ${notAfter}`;
  return dueAt(version, due.maxAge) < byAge
    ? `expires at ${notAfter}`
    : `was made at ${issuedAt} and is older than ${due.maxAge}`;
}

function refusing(inputs: WatchedInputs, sealedBy?: string): (kind: ErrorKind, message: string) => KeyError {
  const { exchange, name } = inputs;
  const hint = `Run: ${adoptCommand(inputs, sealedBy)}`;
  return (kind, message) => new KeyError({ kind, exchange, operation: `adopted key "${name}"`, message, hint });
}

/** What a read found. */
export interface AdoptedSight {
  readonly drift: Drift | undefined;
  /** What check goes on from where it cannot read the document itself. */
  readonly watch: Watch | undefined;
}

/** Looks at document and key without changing either. An adopted key is never "gone": nobody but a person can say so. */
export async function observeAdopted(outputs: AdoptedOutputs, surroundings: AdoptedSurroundings): Promise<AdoptedSight> {
  const document = (await surroundings.store(outputs.publish).read())?.document;
  const ours = document === undefined || sameIdentity(document.identity, outputs);
  const published = document === undefined ? undefined : { document, digest: digestOf(writeDocument(document)) };
  const change = ours ? documentChange(outputs, published) : "belongs to another key";
  const version = ours && document !== undefined ? versionIn(document, "current") : undefined;
  const itself = change === undefined && version !== undefined ? await verifyItself(outputs, version, surroundings) : {};
  const drift = { ...(change === undefined ? {} : { document: change }), ...itself };
  return { drift: Object.keys(drift).length === 0 ? undefined : drift, watch: watchSeen(outputs, ours ? document : undefined) };
}

/** What is due is for check to say: here only of which version it will speak. */
function watchSeen(outputs: AdoptedOutputs, document: SealedDocument | undefined): Watch | undefined {
  const { watch, maxAge } = outputs;
  const seen = watchOf(watch, { document, maxAge }, new Date(0));
  return seen?.dueAt === watch?.dueAt && seen?.serial === watch?.serial ? watch : seen;
}

/** Forgets the key, loudly: nothing but a person can end it. */
export function forgetAdopted(outputs: AdoptedOutputs, surroundings: Pick<AdoptedSurroundings, "notice">): void {
  const { exchange, name, apiKey, publish } = outputs;
  surroundings.notice(
    `${exchange} "${name}": the key ${apiKey} STILL LIVES at the exchange, and its document at ${publish}: both are only forgotten ` +
      "here. Delete the key on the exchange's page, then the document.",
  );
}

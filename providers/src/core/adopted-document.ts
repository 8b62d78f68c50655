import { createHash } from "node:crypto";
import type { SealedDocument, SealedVersion } from "../seal/document";
import { MASTER } from "./adopted";
import { identityOf } from "./inputs";
import { shownAddresses } from "./masked";
import { type Drift, driftOf, versionIn } from "./record";
import { canonicalAddresses, changeBetween, showChange } from "./sets";
import type { ApiKeyId, Identity, Scope } from "./words";

/** Marks documents that `exchange-keys adopt` publishes: no ApiKey holds them. */
export const ADOPTED_HOLDER = "adopted-";

/** A key that a person made, sealed. */
export interface Adoption {
  readonly identity: Identity;
  readonly version: SealedVersion;
  /** ISO time until which the superseded version keeps working. */
  readonly overlapUntil: string;
  /** Of a document that does not exist yet. */
  readonly holder: string;
}

/** The next serial of a document. */
export function serialAfter(document: SealedDocument | undefined): number {
  return (document?.lastSerial ?? 0) + 1;
}

/** The document with the adopted key as current, and the one before it as previous. The same key adopted again supersedes itself. */
export function withAdopted(document: SealedDocument | undefined, adoption: Adoption): SealedDocument {
  const { identity, version, overlapUntil, holder } = adoption;
  const before = document === undefined ? undefined : versionIn(document, "current");
  const previous: readonly SealedVersion[] =
    before === undefined || before.apiKey === version.apiKey ? [] : [{ ...before, state: "previous", retireAfter: overlapUntil }];
  return {
    format: "exchange-keys/1",
    identity: identityOf(identity),
    holder: document?.holder ?? holder,
    lastSerial: version.serial,
    versions: [...previous, { ...version, state: "current" }],
  };
}

/** Keys that a document named and the next one does not: nobody watches them any more. */
export function forgottenKeys(before: SealedDocument | undefined, after: SealedDocument): readonly ApiKeyId[] {
  const kept = new Set(after.versions.map((version) => version.apiKey));
  return (before?.versions ?? []).map((version) => version.apiKey).filter((apiKey) => !kept.has(apiKey));
}

/** Tells one document from another, whatever the order of its fields. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What is recorded of a document. */
export interface RecordedDocument {
  readonly holder: string;
  readonly serial: number;
  readonly digest: string;
}

/** How a published document differs from what is recorded, for people. `undefined` when it does not. */
export function documentChange(
  recorded: RecordedDocument,
  published: { readonly document: SealedDocument; readonly digest: string } | undefined,
): string | undefined {
  if (published === undefined) return "is not published";
  const { document, digest } = published;
  if (document.holder !== recorded.holder) return "is another one than was recorded";
  const shown = versionIn(document, "current")?.serial;
  if (shown !== recorded.serial) return `serial ${shown ?? "none"} is current, recorded is ${recorded.serial}`;
  return digest === recorded.digest ? undefined : "was edited";
}

/** What a person says of a key. */
export interface DeclaredFacts {
  readonly subAccount: string;
  readonly scopes: readonly Scope[];
  /** By the exchange's own names. */
  readonly otherPermissions?: readonly string[];
  readonly ipWhitelist: readonly string[];
  /** ISO times. Left out where nothing is declared. */
  readonly issuedAt?: string;
  readonly expiresAt?: string;
}

/** What a key's own inspection shows. */
export interface SelfSight {
  readonly isMaster?: boolean;
  readonly subAccount?: string;
  readonly scopes: readonly Scope[];
  readonly unknownFlags?: readonly string[];
  /** What this answer does not tell, beyond what the exchange never does. */
  readonly hides?: readonly string[];
  readonly ipWhitelist: readonly string[];
  readonly ipBound?: boolean;
  readonly createdAt?: string;
  readonly expiresAt?: string;
}

/** People write dates. Exchanges know seconds. */
const SAME_DAY_MS = 86_400_000;

/** Where a key is not what it is declared to be: property → what differs. Empty when nowhere. */
export function factDrift(declared: DeclaredFacts, sight: SelfSight, hidden: readonly string[]): Drift {
  const others = showChange(changeBetween(declared.otherPermissions ?? [], sight.unknownFlags ?? []));
  const untold = sight.hides?.includes("scopes") === true;
  const scopes = hidden.includes("scopes") || untold ? "" : showChange(changeBetween(declared.scopes, sight.scopes));
  const entries: readonly (readonly [string, string])[] = [
    ["subAccount", ownerChange(declared.subAccount, sight, hidden.includes("isMaster"))],
    ["scopes", scopes],
    ["otherPermissions", hidden.includes("scopes") ? "" : others],
    ["ipWhitelist", addressChange(declared.ipWhitelist, sight, hidden.includes("ipWhitelist"))],
    ["issuedAt", timeChange(declared.issuedAt, sight.createdAt)],
    ["expiresAt", timeChange(declared.expiresAt, sight.expiresAt)],
  ];
  return driftOf(entries);
}

function ownerChange(declared: string, { isMaster, subAccount }: SelfSight, hidden: boolean): string {
  if (subAccount !== undefined && subAccount !== declared) return `is a key of ${subAccount}`;
  if (hidden || isMaster === undefined || isMaster === (declared === MASTER)) return "";
  return `is a key of ${isMaster ? "the master account" : "a sub-account"}`;
}

function addressChange(declared: readonly string[], sight: SelfSight, hidden: boolean): string {
  const bound = sight.ipBound ?? sight.ipWhitelist.length > 0;
  if (!bound && !(hidden && sight.ipBound === undefined)) return declared.length === 0 ? "" : "none: every address is let in";
  if (hidden) return "";
  return showChange(changeBetween(canonicalAddresses(declared), shownAddresses(declared, sight.ipWhitelist)));
}

function timeChange(declared: string | undefined, seen: string | undefined): string {
  if (declared === undefined || seen === undefined) return "";
  return Math.abs(Date.parse(declared) - Date.parse(seen)) <= SAME_DAY_MS ? "" : `the exchange says ${seen}`;
}

/** `scopes +withdraw; ipWhitelist -203.0.113.7` */
export function showDrift(drift: Drift): string {
  return Object.entries(drift)
    .map(([where, change]) => `${where} ${change}`)
    .join("; ");
}

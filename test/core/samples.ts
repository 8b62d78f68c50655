import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import { identityOf } from "../../providers/src/core/inputs";
import { ownerHash } from "../../providers/src/core/label";
import type { Recorded } from "../../providers/src/core/record";
import { schedule } from "../../providers/src/core/schedule";
import type { ListedKey, RunSoFar } from "../../providers/src/core/situation";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";

/** Day `n` of a test, with an optional hour. */
export function day(n: number, hour = 0): Date {
  return new Date(Date.UTC(2026, 0, 1 + n, hour));
}

const DECLARED = {
  environment: "sandbox",
  owner: "desk",
  exchange: "somewhere",
  account: "main",
  subAccount: "sub1",
  name: "mm",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read", "spot"],
  ipWhitelist: ["127.0.10.1"],
  rotate: { every: "30d", overlap: "24h" },
  seal: "local:///key",
  publish: "file:///mm.json",
} as const;

/** Inputs as check makes them at `now`, from an anchor on day 0. */
export function inputsAt(now: Date, changes: Partial<ScheduledApiKeyInputs> = {}): ScheduledApiKeyInputs {
  const declared = { ...DECLARED, ...changes };
  const first = schedule(undefined, declared.rotate, day(0));
  return { ...declared, schedule: schedule({ rotate: declared.rotate, schedule: first }, declared.rotate, now), ...changes };
}

export function version(serial: number, changes: Partial<SealedVersion> = {}): SealedVersion {
  return {
    serial,
    apiKey: `pub${serial}`,
    state: "current",
    scopes: DECLARED.scopes,
    issuedAt: day(0).toISOString(),
    key: DECLARED.seal,
    ciphertext: "c2VhbGVk",
    ...changes,
  };
}

export function documentOf(versions: readonly SealedVersion[], changes: Partial<SealedDocument> = {}): SealedDocument {
  const lastSerial = Math.max(0, ...versions.map((one) => one.serial));
  return { format: "exchange-keys/1", identity: identityOf(DECLARED), holder: "holder-1", lastSerial, versions, ...changes };
}

/** A run that has done nothing yet, and sees the document that it knows. */
export const NEW_RUN: RunSoFar = { issued: new Set(), failed: new Set(), isHidden: false, isIntentRecorded: true, hints: [] };

export const HASH = ownerHash(DECLARED);

export function recordOf(sealed: SealedDocument, changes: Partial<Recorded> = {}): Recorded {
  return { hash: HASH, strays: [], former: [], sealed, ...changes };
}

export function listed(serial: number, changes: Partial<ListedKey> = {}): ListedKey {
  return {
    apiKey: `pub${serial}`,
    label: `xk${HASH}${String(serial).padStart(4, "0")}mm`,
    scopes: DECLARED.scopes,
    unknownFlags: [],
    ipWhitelist: DECLARED.ipWhitelist,
    expired: false,
    ...changes,
  };
}

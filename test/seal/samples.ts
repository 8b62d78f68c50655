import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type ErrorKind, KeyError } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { Identity } from "../../providers/src/core/words";
import { canonicalContext } from "../../providers/src/seal/context";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import type { SealContext, Sealer } from "../../providers/src/seal/sealer";
import type { OpenVersion } from "../../providers/src/seal/version";

export const IDENTITY: Identity = {
  owner: "desk",
  bot: "mm-1",
  exchange: "somewhere",
  account: "main",
  subAccount: "sub-mm",
  name: "btc-mm",
};

export const CONTEXT: SealContext = { ...IDENTITY, serial: "7" };

export const CONTEXT_NAMES = ["owner", "bot", "exchange", "account", "subAccount", "name", "serial"] as const;
export const IDENTITY_NAMES = ["owner", "bot", "exchange", "account", "subAccount", "name"] as const;

/** A key that was just issued, with a secret that occurs nowhere else. */
export function issued(changes: Partial<OpenVersion & { secret: Secret }> = {}): OpenVersion & { readonly secret: Secret } {
  return {
    identity: IDENTITY,
    serial: 7,
    apiKey: "public-id-7",
    scopes: ["read", "spot"],
    issuedAt: "2026-01-02T03:04:05.000Z",
    secret: new Secret(`secret-${randomBytes(9).toString("hex")}`),
    ...changes,
  };
}

export function documentOf(versions: readonly SealedVersion[], changes: Partial<SealedDocument> = {}): SealedDocument {
  const lastSerial = Math.max(0, ...versions.map((version) => version.serial));
  return { format: "exchange-keys/1", identity: IDENTITY, holder: "holder-1", lastSerial, versions, ...changes };
}

/** A new empty folder; `afterEach` of the test file removes what was made. */
const folders: string[] = [];
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "exchange-keys-test-"));
  folders.push(folder);
  return folder;
}
export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Keeps what it is given as it is, and opens it under any context: what only KMS itself, or whoever may encrypt there, could forge. */
export const carelessSealer: Sealer = {
  reference: "local:///careless",
  seal: async (plaintext) => Buffer.from(plaintext).toString("base64"),
  open: async (ciphertext) => Buffer.from(ciphertext, "base64"),
};

/** Remembers what it was asked to seal, as a copy and as the very buffer. */
export function watchingSealer(): Sealer & { readonly seen: { copy: string; buffer: Uint8Array; context: string }[] } {
  const seen: { copy: string; buffer: Uint8Array; context: string }[] = [];
  return {
    ...carelessSealer,
    seen,
    seal: async (plaintext, context) => {
      seen.push({ copy: Buffer.from(plaintext).toString(), buffer: plaintext, context: canonicalContext(context) });
      return "c2VhbGVk";
    },
  };
}

/** For `assert.rejects` and `assert.throws`: the kind, and that no secret is in anything the error shows. */
export function failsWith(kind: ErrorKind, expected: { code?: string; text?: RegExp; hides?: readonly string[] } = {}) {
  return (error: unknown): true => {
    if (!(error instanceof KeyError)) throw error;
    const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join("\n");
    const problems = [
      error.kind !== kind && `kind is ${error.kind}, not ${kind}`,
      expected.code !== undefined && error.code !== expected.code && `code is ${error.code}, not ${expected.code}`,
      expected.text !== undefined && !expected.text.test(error.message) && `text does not match ${expected.text}`,
      ...(expected.hides ?? []).map((secret) => shown.includes(secret) && "a secret is shown"),
    ].filter((problem) => problem !== false);
    if (problems.length > 0) throw new Error(`${problems.join("; ")}: ${error.message}`);
    return true;
  };
}

const word = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
export const anyContext: fc.Arbitrary<SealContext> = fc.record({
  owner: word,
  bot: word,
  exchange: word,
  account: word,
  subAccount: word,
  name: word,
  serial: fc.nat().map(String),
});

import type { OpenOptions } from "../../providers/src/client";
import type { ErrorKind } from "../../providers/src/core/errors";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { IDENTITY_NAMES } from "../seal/samples";
import { type Desk, EXPECTED } from "./desk";

/** The versions of a bot's own document, as they were sealed. */
export interface Own {
  readonly previous: SealedVersion;
  readonly current: SealedVersion;
}

export const SERIALS = { previous: 11, current: 12 } as const;

/** What somebody publishes in place of a bot's own document, and how it has to be refused. */
export interface Edit {
  readonly kind: ErrorKind;
  readonly options?: Partial<OpenOptions>;
  tamper(own: Own, desk: Desk): Promise<Tampered> | Tampered;
}

export interface Tampered extends Partial<SealedDocument> {
  readonly versions: readonly SealedVersion[];
}

function editing(kind: ErrorKind, change: (own: Own) => Partial<SealedVersion>): Edit {
  return { kind, tamper: (own) => ({ versions: [own.previous, { ...own.current, ...change(own) }] }) };
}

function altered(ciphertext: string): string {
  const bytes = Buffer.from(ciphertext, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64");
}

const SWAPPED: Record<string, Edit> = {
  "two ciphertexts swapped": {
    kind: "SwappedVersion",
    tamper: ({ previous, current }) => ({
      versions: [
        { ...previous, ciphertext: current.ciphertext },
        { ...current, ciphertext: previous.ciphertext },
      ],
    }),
  },
  "two ciphertexts swapped, seen by who uses the previous version": {
    kind: "SwappedVersion",
    options: { use: "previous" },
    tamper: ({ previous, current }) => ({
      versions: [
        { ...previous, ciphertext: current.ciphertext },
        { ...current, ciphertext: previous.ciphertext },
      ],
    }),
  },
  "two serials swapped": {
    kind: "SwappedVersion",
    tamper: ({ previous, current }) => ({
      versions: [
        { ...previous, serial: current.serial },
        { ...current, serial: previous.serial },
      ],
    }),
  },
  "the public part of the previous version, but for its serial": editing("SwappedVersion", ({ previous, current }) => {
    const { serial, ciphertext, state } = current;
    return { ...previous, serial, ciphertext, state };
  }),
  "the ciphertext of a version that is gone": {
    kind: "SwappedVersion",
    tamper: async ({ previous, current }, desk) => {
      const { ciphertext } = await desk.seal(8, "current");
      return { versions: [previous, { ...current, ciphertext }] };
    },
  },
};

const OLDER: Record<string, Edit> = {
  "an older document": {
    kind: "OlderDocument",
    options: { minSerial: SERIALS.current },
    tamper: async (_, desk) => ({ versions: [await desk.seal(8, "previous"), await desk.seal(9, "current")] }),
  },
  "an older document with its serials raised": {
    kind: "OlderDocument",
    options: { minSerial: SERIALS.current },
    tamper: async (_, desk) => ({
      versions: [
        { ...(await desk.seal(8, "previous")), serial: SERIALS.previous },
        { ...(await desk.seal(9, "current")), serial: SERIALS.current },
      ],
    }),
  },
  "the previous document with its serials raised by one": {
    kind: "OlderDocument",
    tamper: async ({ previous }, desk) => ({
      versions: [
        { ...(await desk.seal(10, "previous")), serial: SERIALS.previous },
        { ...previous, state: "current", serial: SERIALS.current },
      ],
    }),
  },
  "a document much older, with its serial raised": {
    kind: "WrongContext",
    options: { minSerial: SERIALS.current },
    tamper: async (_, desk) => ({ versions: [{ ...(await desk.seal(1, "current")), serial: SERIALS.current }] }),
  },
};

const EDITED: Record<string, Edit> = {
  "an edited public id": editing("EditedPublicId", () => ({ apiKey: "public-id-of-a-thief" })),
  "the public id of the previous version": editing("EditedPublicId", ({ previous }) => ({ apiKey: previous.apiKey })),
  "wider scopes": editing("EditedScopes", () => ({ scopes: ["read", "spot", "transfer"] })),
  "narrower scopes": editing("EditedScopes", () => ({ scopes: ["read"] })),
  "an edited date of issue": editing("EditedDates", () => ({ issuedAt: "2026-01-03T00:00:00.000Z" })),
  "a later date of expiry": editing("EditedDates", () => ({ notAfter: "2099-06-01T00:00:00.000Z" })),
  "no date of expiry": {
    kind: "EditedDates",
    tamper: ({ previous, current: { notAfter: _, ...current } }) => ({ versions: [previous, current] }),
  },
  "the fingerprint of a key pair where a secret is": editing("EditedFingerprint", () => ({ fingerprint: "A".repeat(43) })),
  "edited scopes and dates": editing("TamperedDocument", () => ({ scopes: ["read"], notAfter: "2099-06-01T00:00:00.000Z" })),
  "an altered ciphertext": editing("WrongContext", ({ current }) => ({ ciphertext: altered(current.ciphertext) })),
};

/** A document of a key that differs in one name, as it is and edited to look like the bot's own. */
function swappedDocuments(name: (typeof IDENTITY_NAMES)[number]): [string, Edit][] {
  const identity = { ...EXPECTED, [name]: "another" };
  const sealed = (desk: Desk) => desk.seal(SERIALS.current, "current", { identity });
  return [
    [
      `a document of another ${name}`,
      { kind: "WrongDocument", tamper: async (_, desk) => ({ identity, versions: [await sealed(desk)] }) },
    ],
    [
      `a document of another ${name}, edited to look like the bot's own`,
      { kind: "WrongContext", tamper: async (_, desk) => ({ versions: [await sealed(desk)] }) },
    ],
  ];
}

export const EDITS: Readonly<Record<string, Edit>> = {
  ...SWAPPED,
  ...Object.fromEntries(IDENTITY_NAMES.flatMap(swappedDocuments)),
  ...OLDER,
  ...EDITED,
};

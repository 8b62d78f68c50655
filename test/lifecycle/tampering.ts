import { createHash } from "node:crypto";
import { Secret } from "../../providers/src/core/secret";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { stamped, stampKeyOf, withoutStamp } from "../../providers/src/seal/stamp";

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Mutable<T[Name]> }
    : T;
type Draft = Mutable<SealedDocument>;
type DraftVersion = Mutable<SealedVersion>;

/** Sealing references of strangers: whoever opens by one tells them. */
export const STRANGERS_SEALS = ["awskms:///alias/strangers?account=999999999999", "local:///strangers.key"] as const;

/** What whoever writes documents has at hand. */
export interface Hand {
  /** Public id of somebody else's key. */
  readonly foreign: string;
  /** ISO time of the writing. */
  readonly now: string;
  /** Which version is edited. */
  readonly pick: number;
}

/** How an edited text is stamped: as before, not at all, or by a parent that is not at hand. */
export const STAMPINGS = ["kept", "dropped", "strangers"] as const;
export type Stamping = (typeof STAMPINGS)[number];

function put<Target extends object>(target: Target, changes: Partial<Target>): void {
  Object.assign(target, changes);
}

const LATE = "2099-01-01T00:00:00.000Z";
const EARLY = "2020-01-01T00:00:00.000Z";
const GARBAGE = Buffer.from("garbage").toString("base64");

/** Edits of the document's own fields. */
const DOCUMENT_EDITS = {
  "another identity": (draft) => put(draft.identity, { name: "another" }),
  "another holder": (draft) => put(draft, { holder: "somebody" }),
  "a holder that took it from ours": (draft) => {
    draft.takenFrom = [draft.holder];
    draft.holder = "somebody";
  },
  "a holder that held it after ours": (draft) => {
    draft.heldBefore = [draft.holder];
    draft.holder = "somebody";
  },
  takenFrom: (draft) => put(draft, { takenFrom: ["somebody"] }),
  heldBefore: (draft) => put(draft, { heldBefore: ["somebody"] }),
  "seq up": (draft) => put(draft, { seq: 100_000 }),
  "seq down": (draft) => put(draft, { seq: 0 }),
  hash: (draft) => put(draft, { hash: "aaaaaaaaaa" }),
  "lastSerial 9999": (draft) => put(draft, { lastSerial: 9999 }),
  "lastSerial down": (draft) => {
    draft.versions = draft.versions.filter(({ serial }) => serial !== draft.lastSerial);
    draft.lastSerial -= 1;
  },
  "an intent": (draft, { now }) => {
    draft.lastSerial += 1;
    draft.intent = { serial: draft.lastSerial, label: "mm", before: [], at: now, passphrase: strangersPassphrase() };
  },
  "a malformed intent": (draft, { now }) => {
    draft.lastSerial += 1;
    draft.intent = { serial: draft.lastSerial, label: "", at: now };
  },
  "an intent that names what lives": (draft, { now }) => {
    draft.intent = { serial: draft.lastSerial, before: [], at: now };
    draft.versions = draft.versions.filter(({ serial }) => serial !== draft.lastSerial);
  },
  "no versions": (draft) => put(draft, { versions: [] }),
} satisfies Readonly<Record<string, (draft: Draft, hand: Hand) => void>>;

const PLANTS = {
  "a planted previous": (draft, hand) => void plant(draft, hand, { state: "previous", retireAfter: EARLY }),
  "a planted previous of 2099": (draft, hand) => void plant(draft, hand, { state: "previous", retireAfter: LATE }),
  "a planted current": (draft, hand) => {
    for (const version of draft.versions) put(version, { state: "previous", retireAfter: EARLY });
    plant(draft, hand, { state: "current" });
  },
  "a planted pending": (draft, hand) => void plant(draft, hand, { state: "pending" }),
} satisfies Readonly<Record<string, (draft: Draft, hand: Hand) => void>>;

/** Edits of one version's fields. */
const VERSION_EDITS = {
  "apiKey of somebody": (version, { foreign }) => put(version, { apiKey: foreign }),
  "state previous, end past": (version) => put(version, { state: "previous", retireAfter: EARLY }),
  "state previous, end 2099": (version) => put(version, { state: "previous", retireAfter: LATE }),
  "state pending": (version) => put(version, { state: "pending" }),
  scopes: (version) => put(version, { scopes: ["read", "transfer"] }),
  "issuedAt 2020": (version) => put(version, { issuedAt: EARLY }),
  "issuedAt 2099": (version) => put(version, { issuedAt: LATE }),
  "notAfter past": (version) => put(version, { notAfter: EARLY }),
  "notAfter 2099": (version) => put(version, { notAfter: LATE }),
  unbound: (version) => put(version, { unbound: true }),
  "retireAfter past": (version) => put(version, { retireAfter: EARLY }),
  "retireAfter 2099": (version) => put(version, { retireAfter: LATE }),
  fingerprint: (version) => put(version, { fingerprint: createHash("sha256").update("somebody").digest("base64url") }),
  "key of a stranger": (version) => put(version, { key: STRANGERS_SEALS[0] }),
  "key in another file": (version) => put(version, { key: STRANGERS_SEALS[1] }),
  ciphertext: (version) => put(version, { ciphertext: GARBAGE }),
  passphrase: (version) => put(version, { passphrase: GARBAGE }),
  "version's identity": (version) => put(version, { identity: { ...OTHER_IDENTITY } }),
  answers: (version) => put(version, { answers: "somebody" }),
} satisfies Readonly<Record<string, (version: DraftVersion, hand: Hand) => void>>;

const OTHER_IDENTITY = { owner: "o", bot: "b", exchange: "somewhere", account: "a", subAccount: "s", name: "n" };

const OTHER_EDITS = {
  "a version less": (draft, { pick }) => void draft.versions.splice(pick % Math.max(1, draft.versions.length), 1),
  "another serial": (draft, { pick }) => {
    const version = draft.versions[pick % Math.max(1, draft.versions.length)];
    draft.lastSerial += 5;
    if (version !== undefined) version.serial = draft.lastSerial;
  },
  "two versions' ids swapped": (draft, { foreign }) => {
    const [one, other] = draft.versions;
    if (one === undefined) return;
    if (other === undefined) one.apiKey = foreign;
    else [one.apiKey, other.apiKey] = [other.apiKey, one.apiKey];
  },
  "all states turned": (draft) => {
    for (const version of draft.versions) version.state = version.state === "current" ? "previous" : "current";
    for (const version of draft.versions.slice(1)) version.state = "previous";
  },
} satisfies Readonly<Record<string, (draft: Draft, hand: Hand) => void>>;

const EDITS: Readonly<Record<string, (draft: Draft, hand: Hand) => void>> = {
  ...DOCUMENT_EDITS,
  ...PLANTS,
  ...OTHER_EDITS,
  ...Object.fromEntries(
    Object.entries(VERSION_EDITS).map(([name, edit]) => [
      name,
      (draft: Draft, hand: Hand): void => {
        const version = draft.versions[hand.pick % Math.max(1, draft.versions.length)];
        if (version !== undefined) edit(version, hand);
      },
    ]),
  ),
};
/** Those of one version, which is picked. */
export const VERSION_EDIT_NAMES: readonly string[] = Object.keys(VERSION_EDITS);
export const EDIT_NAMES: readonly string[] = Object.keys(EDITS);

/** Texts that are no document of this release. */
const SPOILS = {
  "not JSON": () => "{",
  "70 kB": (text) => `${text}${" ".repeat(70_000)}`,
  "a duplicate serial": (text) => changed(text, (draft) => void draft.versions.push(...draft.versions)),
  "two current versions": (text) => changed(text, (draft) => void draft.versions.push(...draft.versions.map(asAnother))),
  "a newer format": (text) => text.replace('"exchange-keys/1"', '"exchange-keys/2"'),
  nothing: () => "",
} satisfies Readonly<Record<string, (text: string) => string>>;
export const SPOIL_NAMES = Object.keys(SPOILS) as readonly (keyof typeof SPOILS)[];

/** The text with a field changed. One that cannot be read stays as it is. */
export function edited(text: string, edit: string, how: { readonly hand: Hand; readonly stamping: Stamping }): string {
  const act = EDITS[edit];
  if (act === undefined) throw new Error(`there is no edit "${edit}"`);
  const draft = read(text);
  if (draft === undefined) return text;
  act(draft, how.hand);
  return writeDocument(withStamping(draft, how.stamping));
}

/** The same text with another stamp. */
export function restamped(text: string, stamping: Stamping): string {
  const draft = read(text);
  return draft === undefined ? text : writeDocument(withStamping(draft, stamping));
}

export function spoilt(text: string, how: (typeof SPOIL_NAMES)[number]): string {
  return SPOILS[how](text);
}

function changed(text: string, edit: (draft: Draft) => void): string {
  const draft = read(text);
  if (draft === undefined) return "{";
  edit(draft);
  return writeDocument(draft);
}

function read(text: string): Draft | undefined {
  try {
    const draft = JSON.parse(text) as Draft;
    return Array.isArray(draft.versions) ? draft : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function withStamping(draft: Draft, stamping: Stamping): SealedDocument {
  if (stamping === "kept") return draft;
  return stamping === "dropped" ? withoutStamp(draft) : stamped(draft, stampKeyOf(new Secret("a stranger's parent")));
}

function plant(draft: Draft, { foreign, now }: Hand, changes: Partial<DraftVersion>): void {
  draft.lastSerial += 1;
  const [key, ciphertext] = [STRANGERS_SEALS[0], GARBAGE];
  const version = { apiKey: foreign, scopes: [], issuedAt: now, key, ciphertext, state: "previous" as const };
  draft.versions.push({ ...version, serial: draft.lastSerial, ...changes });
}

function strangersPassphrase(): { key: string; ciphertext: string } {
  return { key: STRANGERS_SEALS[0], ciphertext: GARBAGE };
}

function asAnother(version: DraftVersion): DraftVersion {
  return { ...version, state: "current" };
}

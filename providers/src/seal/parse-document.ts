import { z } from "zod";
import { KeyError } from "../core/errors";
import { type Identity, SCOPES } from "../core/words";
import { DOCUMENT_FORMAT, type Intent, type SealedDocument, type SealedVersion } from "./document";

/** No document of ours comes near it. A larger text is not read at all. */
export const MAX_DOCUMENT_BYTES = 65_536;

const word = z.string().min(1);
const serial = z.number().int().nonnegative();
const time = z.iso.datetime();

const identitySchema = z.object({ owner: word, bot: word, exchange: word, account: word, subAccount: word, name: word });

const versionSchema = z.object({
  serial,
  apiKey: word,
  state: z.enum(["pending", "current", "previous"]),
  scopes: z.array(z.enum(SCOPES)),
  issuedAt: time,
  notAfter: time.exactOptional(),
  unbound: z.literal(true).exactOptional(),
  retireAfter: time.exactOptional(),
  fingerprint: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .exactOptional(),
  key: word,
  ciphertext: z.base64().min(1),
  passphrase: z.base64().min(1).exactOptional(),
  identity: identitySchema.exactOptional(),
  answers: word.exactOptional(),
  unproven: z.literal(true).exactOptional(),
});

const intentSchema = z.object({
  serial,
  label: word.exactOptional(),
  before: z.array(word).exactOptional(),
  at: time,
  passphrase: z.object({ key: word, ciphertext: z.base64().min(1) }).exactOptional(),
  identity: identitySchema.exactOptional(),
});

const documentSchema = z
  .object({
    format: z.literal(DOCUMENT_FORMAT),
    identity: identitySchema,
    holder: word,
    takenFrom: z.array(word).exactOptional(),
    heldBefore: z.array(word).exactOptional(),
    seq: z.number().int().nonnegative().exactOptional(),
    hash: word.exactOptional(),
    lastSerial: serial,
    intent: intentSchema.exactOptional(),
    versions: z.array(versionSchema),
    stamp: word.exactOptional(),
  })
  .superRefine((document, context) => {
    const serials = document.versions.map((version) => version.serial);
    document.versions.forEach((version, at) => {
      const path = ["versions", at, "serial"];
      if (serials.indexOf(version.serial) !== at) context.addIssue({ code: "custom", path, message: "occurs twice" });
      if (version.serial > document.lastSerial) context.addIssue({ code: "custom", path, message: "is above lastSerial" });
    });
    if (document.versions.filter((version) => version.state === "current").length > 1) {
      context.addIssue({ code: "custom", path: ["versions"], message: "has two current versions" });
    }
  });

/**
 * Reads a published document. Unknown fields are ignored: what must not be ignored gets a new format number.
 * @throws KeyError `TamperedDocument`, naming the fields that are wrong. Code `NewerFormat` when a newer release wrote it
 */
export function parseDocument(text: string): SealedDocument {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw malformed(`it is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  const json = readJson(text);
  const newer = newerFormat(json);
  if (newer !== undefined) {
    throw new KeyError({
      kind: "TamperedDocument",
      message: `the document has the format ${newer}, and this release reads up to ${DOCUMENT_FORMAT}`,
      code: "NewerFormat",
      hint: "Upgrade pulumi-exchange-keys.",
    });
  }
  const parsed = documentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join(".") || "the whole"}: ${issue.message}`);
  throw malformed(fields.join("; "));
}

/** Every field name, in the order in which people read them. */
export const FIELDS: readonly (keyof SealedDocument | keyof SealedVersion | keyof Intent | keyof Identity)[] = [
  ...(["format", "identity", "holder", "takenFrom", "heldBefore", "seq", "hash", "lastSerial", "intent", "versions"] as const),
  ...(["owner", "bot", "exchange", "account", "subAccount", "name"] as const),
  ...(["serial", "label", "before", "at"] as const),
  ...([
    "apiKey",
    "state",
    "scopes",
    "issuedAt",
    "notAfter",
    "unbound",
    "retireAfter",
    "fingerprint",
    "key",
    "ciphertext",
    "passphrase",
    "answers",
    "unproven",
  ] as const),
  // Last, so that the text before it is what it covers.
  "stamp",
];

/** The text of a document: the same for the same content, whatever the order of its keys. Ends with a line break. */
export function writeDocument(document: SealedDocument): string {
  return `${JSON.stringify(document, [...FIELDS], 2)}\n`;
}

/** Bytes that the published document takes. */
export function documentSize(document: SealedDocument): number {
  return Buffer.byteLength(writeDocument(document));
}

/** What KMS puts around a plaintext, and what public id, secret and passphrase are long, where nothing is known of them. */
const GUESS = { sealing: 180, key: 220, fields: 400 } as const;

/** Bytes that one more version will take: as many as the largest that is there, else a guess. */
export function nextVersionSize(document: SealedDocument, seal: string): number {
  const sizes = document.versions.map((version) => documentSize({ ...document, versions: [version] }));
  const empty = documentSize({ ...document, versions: [] });
  if (sizes.length > 0) return Math.max(...sizes) - empty;
  const identity = Buffer.byteLength(JSON.stringify(document.identity));
  return Math.ceil(((identity + GUESS.key + GUESS.sealing) * 4) / 3) + GUESS.fields + Buffer.byteLength(seal);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw malformed("it is not JSON");
  }
}

/** The format, when it is a number of ours above the one that this release writes. */
function newerFormat(json: unknown): string | undefined {
  const format = z.object({ format: z.string().regex(/^exchange-keys\/[1-9][0-9]{0,3}$/) }).safeParse(json);
  const number = (name: string) => Number(name.split("/")[1]);
  return format.success && number(format.data.format) > number(DOCUMENT_FORMAT) ? format.data.format : undefined;
}

function malformed(how: string): KeyError {
  return new KeyError({ kind: "TamperedDocument", message: `the document is malformed: ${how}`, hint: "Publish it again." });
}

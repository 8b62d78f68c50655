import { createHash } from "node:crypto";
import { z } from "zod";

/** The format that this code writes. Every older one is read. */
export const JOURNAL_FORMAT = "exchange-keys/journal/2";

/** What can be done to the outside world. */
export const ACTS = [
  "issue",
  "set",
  "revoke",
  "createSubAccount",
  "enable",
  "seal",
  "open",
  "openPassphrase",
  "publish",
  "unpublish",
  "deliver",
  "endDelivery",
] as const;
export type Act = (typeof ACTS)[number];

const text = z.string();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const placed = { seq: z.number().int().nonnegative(), time: text };
const followed = z.strictObject({ file: text, hash: digest });

/** First line of a file: which run writes it, and which files came before. */
const startSchema = z.strictObject({
  ...placed,
  kind: z.literal("start"),
  format: z.enum(["exchange-keys/journal/1", JOURNAL_FORMAT]),
  /** Random, one per process. */
  run: text,
  /** The continuous-integration job, where there is one. */
  job: text.exactOptional(),
  actor: text,
  project: text.exactOptional(),
  /** Absent where nobody had told it yet. Then a record of its own may name it. */
  stack: text.exactOptional(),
  environment: text,
  /** Every file whose last line no other file named, and that line. */
  follows: z.array(followed).min(1).readonly().exactOptional(),
  /** The same in format 1: the newest file only. */
  previous: followed.exactOptional(),
});

/** Which stack the whole file is of, as soon as that is known. The last one counts. */
const stackSchema = z.strictObject({ ...placed, kind: z.literal("stack"), stack: text });

/** Whose key an act is about. */
const subject = {
  owner: text.exactOptional(),
  exchange: text,
  account: text,
  subAccount: text.exactOptional(),
  name: text.exactOptional(),
  bot: text.exactOptional(),
};

const intentSchema = z.strictObject({
  ...placed,
  kind: z.literal("intent"),
  act: z.enum(ACTS),
  ...subject,
  label: text.exactOptional(),
  serial: z.number().int().exactOptional(),
  /** Last four characters of the key's public id. */
  key: text.exactOptional(),
  /** Sealing reference, or where the document is. */
  at: text.exactOptional(),
});

const outcomeSchema = z.strictObject({
  ...placed,
  kind: z.literal("outcome"),
  /** `seq` of the intent. */
  of: z.number().int(),
  done: z.boolean(),
  /** Of the key that an issue made. */
  key: text.exactOptional(),
  /** Kind of the error, and the exchange's own code. */
  error: text.exactOptional(),
  code: text.exactOptional(),
  /** What the exchange calls its answers, in order, where it says so. */
  requests: z.array(text).exactOptional(),
});

export const recordSchema = z.discriminatedUnion("kind", [startSchema, stackSchema, intentSchema, outcomeSchema]);
export type JournalRecord = z.infer<typeof recordSchema>;

type Unplaced<R> = R extends unknown ? Omit<R, "seq" | "time"> : never;
/** A record before it has its place in a file. */
export type JournalEntry = Unplaced<JournalRecord>;
export type Start = Unplaced<z.infer<typeof startSchema>>;
export type Followed = z.infer<typeof followed>;
export type Intent = Unplaced<z.infer<typeof intentSchema>>;
export type Outcome = Unplaced<z.infer<typeof outcomeSchema>>;
export type Subject = Pick<Intent, keyof typeof subject>;

/** What the first line of a chain follows. */
export const NO_LINE = "0".repeat(64);

/** One line, without its line break, and its hash: over the line before and everything in this one. Pure. */
export function makeLine(record: JournalRecord, before: string): { readonly line: string; readonly hash: string } {
  const body = JSON.stringify(record);
  const hash = hashOf(body, before);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/** What every line of every format says of itself. */
const outlineSchema = z.looseObject({ seq: z.number(), kind: text });

/** A line that follows the one before. */
export interface ReadLine {
  readonly hash: string;
  readonly outline: z.infer<typeof outlineSchema>;
  /** `undefined` when it is in no form that this version knows: a newer one wrote it. */
  readonly record: JournalRecord | undefined;
}

/** What a line says. `undefined` when it is not the one that follows `before`. Pure. */
export function readLine(line: string, before: string): ReadLine | undefined {
  const { body, hash } = partsOf(line);
  if (hash === undefined || hashOf(body, before) !== hash) return undefined;
  const outline = outlineSchema.safeParse(parsed(body)).data;
  return outline === undefined ? undefined : { hash, outline, record: recordSchema.safeParse(outline).data };
}

function partsOf(line: string): { readonly body: string; readonly hash: string | undefined } {
  const [, body = "", hash] = /^(\{.+),"hash":"([0-9a-f]{64})"\}$/s.exec(line) ?? [];
  return { body: `${body}}`, hash };
}

/** The files that a file follows, in any format. Pure. */
export function followedBy({ follows, previous }: Pick<Start, "follows" | "previous">): readonly Followed[] {
  return follows ?? (previous === undefined ? [] : [previous]);
}

function hashOf(body: string, before: string): string {
  return createHash("sha256").update(before).update(body).digest("hex");
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

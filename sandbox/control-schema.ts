import ms, { type StringValue } from "ms";
import { z } from "zod";
import { isAddressOrSegment } from "./addresses";
import { OPERATIONS } from "./exchange";
import { STANDINGS } from "./standing";

const words = z.record(z.string(), z.array(z.string()));

/** A change by hand. Which of the fields an exchange knows is the exchange's business. */
export const keyEdit = z.strictObject({
  label: z.string().optional(),
  ips: z.array(z.string().refine(isAddressOrSegment, { message: "is not an address" })).optional(),
  /** In the exchange's own words: an object of groups, or a list of words. */
  permissions: z.union([words, z.array(z.string()), z.string()]).optional(),
  readOnly: z.union([z.literal(0), z.literal(1)]).optional(),
  perm: z.string().optional(),
});
export type KeyEdit = z.output<typeof keyEdit>;

/** What a key was in an earlier run of the sandbox. */
const formerKey = z
  .strictObject({
    apiKey: z.string(),
    secret: z.string().optional(),
    passphrase: z.string().optional(),
    /** In place of a secret: PEM. */
    publicKey: z.string().optional(),
    createdAt: z.iso.datetime().optional(),
    /** Counts where a key's end was chosen. Elsewhere it follows from the other facts. */
    expiresAt: z.iso.datetime().optional(),
  })
  .refine((was) => (was.secret === undefined) !== (was.publicKey === undefined), { message: "has a secret or a public key" });
export type FormerKey = z.output<typeof formerKey>;

/** A key made by hand. */
export const newKey = keyEdit.extend({
  subAccount: z.string().min(1),
  /** How the key signs, where a person chooses. */
  algorithm: z.string().optional(),
  /** What it was in an earlier run of the sandbox, so that clients of that run can go on. */
  was: formerKey.optional(),
});
export type NewKey = z.output<typeof newKey>;

const duration = z.string().transform((text, context) => {
  const value = ms(text as StringValue);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  context.addIssue({ code: "custom", message: "is not a duration such as 30d or 90m" });
  return z.NEVER;
});

/** How to move the clock: forward by a duration, or to an offset from real time. */
export const clockOrder = z.union([
  z.strictObject({ advance: duration }).transform(({ advance }) => ({ advanceMs: advance })),
  z.strictObject({ advanceMs: z.number().int() }),
  z.strictObject({ offsetMs: z.number().int() }),
]);

export const newSubAccount = z.strictObject({ exchange: z.string(), subAccount: z.string().min(1) });

export const frost = newSubAccount.extend({ frozen: z.boolean() });

export const newStanding = z.strictObject({ standing: z.enum(STANDINGS) });

export const newDoor = z.strictObject({ address: z.ipv4() });

const target = {
  exchange: z.string().optional(),
  method: z.string().optional(),
  /** A part of the path. */
  path: z.string().optional(),
  operation: z.enum(OPERATIONS).optional(),
  /** Whom the request is from or about. */
  subAccount: z.string().optional(),
  /** How many requests it strikes. */
  times: z.number().int().min(1).default(1),
  /** How many matching requests pass unharmed before. */
  skip: z.number().int().min(0).default(0),
};

const milliseconds = z.number().int().min(0);

export const faultInput = z.discriminatedUnion("kind", [
  z.strictObject({ ...target, kind: z.literal("loseAnswer") }),
  z.strictObject({ ...target, kind: z.literal("dropRequest") }),
  z.strictObject({ ...target, kind: z.literal("delay"), ms: milliseconds }),
  /** No answer, for as long as the caller waits: "before" the exchange acts on the request, or "after". */
  z.strictObject({ ...target, kind: z.literal("hang"), when: z.enum(["before", "after"]) }),
  z.strictObject({
    ...target,
    kind: z.literal("http"),
    status: z.number().int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ ...target, kind: z.literal("body"), body: z.unknown() }),
  z.strictObject({ ...target, kind: z.literal("staleList"), ms: milliseconds.optional() }),
  z.strictObject({ ...target, kind: z.literal("shuffle") }),
  /** Acts, then cuts the connection in the middle of the answer. */
  z.strictObject({ ...target, kind: z.literal("cutBody") }),
  /** Acts, then answers a text that ends in the middle. */
  z.strictObject({ ...target, kind: z.literal("truncate") }),
  /** Acts, then answers with one value of another type. */
  z.strictObject({ ...target, kind: z.literal("retype") }),
  /** A page for people, of somebody who stands before the exchange; "before" or "after" the exchange acts. */
  z.strictObject({
    ...target,
    kind: z.literal("page"),
    when: z.enum(["before", "after"]),
    status: z.number().int().min(200).max(599),
  }),
  /** Lists everything twice; only a list takes it. */
  z.strictObject({ ...target, kind: z.literal("doubleList") }),
]);

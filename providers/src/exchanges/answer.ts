import { z } from "zod";
import { canonicalAddress } from "../core/addresses";
import { isKind, KeyError } from "../core/errors";
import { Secret } from "../core/secret";
import type { Operation, SubAccountOperation } from "../core/words";

/** Reads a text field straight into a {@link Secret}, so that it is in clear nowhere in between. */
export const secretText = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));

/** 3000: later than any time that an exchange means, and early enough for every lifetime to be added. */
const LATEST_MS = Date.UTC(3000, 0);

/** A time in milliseconds since 1970. What is no date fails here, and not where it is written as one. */
export const milliseconds = z.int().nonnegative().max(LATEST_MS);

/** A time in seconds since 1970. */
export const seconds = z
  .int()
  .nonnegative()
  .max(LATEST_MS / 1000);

/** An address or a network segment. A list that holds anything else is no list of addresses. */
export const address = z.string().refine((text) => canonicalAddress(text) !== undefined);

/** Items in one text, with commas between them. An empty text has none. */
export function commaList(item: z.ZodType<string, string>) {
  return z
    .string()
    .transform((list) => (list === "" ? [] : list.split(",").map((one) => one.trim())))
    .pipe(z.array(item));
}

/**
 * For `refine`: true when also those fields that no document names, but that are called as flags are, are on or off. What is neither
 * cannot be read, and must not be taken for "not granted".
 */
export function flagsNamed(name: RegExp): (answer: Readonly<Record<string, unknown>>) => boolean {
  return (answer) => Object.entries(answer).every(([field, value]) => !name.test(field) || typeof value === "boolean");
}

/** Lists of words by group. One that is wrong is told by the field that holds them: the groups' names come from the answer. */
export const wordLists = z.unknown().transform((value, context): Readonly<Record<string, readonly string[]>> => {
  const parsed = z.record(z.string(), z.array(z.string())).safeParse(value);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: "not lists of words" });
  return z.NEVER;
});

/** Which call an answer belongs to. */
export interface Call {
  readonly exchange: string;
  readonly operation: Operation | SubAccountOperation;
}

/** An answer in the shape we know. @throws KeyError `BadResponse`, naming field and call, never a value */
export function parseAnswer<T>(schema: z.ZodType<T>, body: unknown, call: Call): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "the body" : `field ${issue.path.join(".")}`;
  throw badAnswer(call, `${field} of the answer is not as documented (${issue?.code ?? "unknown"})`);
}

export function badAnswer(call: Call, message: string): KeyError {
  return new KeyError({ kind: "BadResponse", ...call, message });
}

/** No source says which code a missing key gets. Some of the likely codes may speak of the parent, so look before you believe one. */
export function mayMeanMissing(error: unknown): error is KeyError {
  return isKind(error, "AuthFailed", "BadResponse", "InvalidInput", "NotFound", "PermissionDenied");
}

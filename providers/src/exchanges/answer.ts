import { z } from "zod";
import { KeyError } from "../core/errors";
import { Secret } from "../core/secret";
import type { Operation, SubAccountOperation } from "../core/words";

/** Reads a text field straight into a {@link Secret}, so that it is in clear nowhere in between. */
export const secretText = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));

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

import type { Answer } from "../../exchange";
import type { Random } from "../../random";
import { Refusal } from "../../refusals";

const TEXT = { "content-type": "text/plain; charset=utf-8" } as const;

/** One refusal for whatever is wrong with a token, its key, its time or its caller's address. */
export const unauthorized = (): Refusal => new Refusal("", 401, "Unauthorized");
export const tooMany = (): Refusal => new Refusal("rate_limit_exceeded", 429, "Too many requests");
export const forbidden = (): Refusal => new Refusal("PERMISSION_DENIED", 403, "Missing required scopes");
export const invalid = (message: string): Refusal => new Refusal("INVALID_ARGUMENT", 400, message);

export function success(body: unknown): Answer {
  return { status: 200, code: "", body };
}

/** Each kind of refusal has a form of its own, and a missing permission has three. */
export function refused(refusal: Refusal, random: Random): Answer {
  const { status, code, message } = refusal;
  if (status === 401) return { status, code, body: message, headers: TEXT };
  if (status === 429) return { status, code, body: { errors: [{ id: code, message }] } };
  const said = status === 403 ? random.pick(["PERMISSION_DENIED", "unknown", ""]) : code;
  if (said === "") return { status, code: said, body: "view permission is required", headers: TEXT };
  return { status, code: said, body: { error: said, error_details: message, message } };
}

export function notFound(): Answer {
  return { status: 404, code: "", body: "Not Found", headers: TEXT };
}

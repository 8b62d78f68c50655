import type { Answer } from "../../exchange";
import { Refusal } from "../../refusals";

/** Code and HTTP status of each refusal. */
const REASONS = {
  rate: ["-1003", 429],
  banned: ["-1003", 418],
  timestamp: ["-1021", 400],
  signature: ["-1022", 400],
  illegal: ["-1100", 400],
  missing: ["-1102", 400],
  unread: ["-1104", 400],
  window: ["-1131", 400],
  noSuchKey: ["-2008", 400],
  keyMalformed: ["-2014", 401],
  standing: ["-2015", 401],
  unrelated: ["-5021", 400],
  unsupported: ["-9000", 400],
} as const satisfies Record<string, readonly [string, number]>;

export function refuse(reason: keyof typeof REASONS, message: string): Refusal {
  const [code, status] = REASONS[reason];
  return new Refusal(code, status, message);
}

/** One code for a key that is unknown, called from elsewhere, or lacks a permission. */
export function refuseStanding(): Refusal {
  return refuse("standing", "Invalid API-key, IP, or permissions for action.");
}

/** A success has no code. */
export function success(body: unknown): Answer {
  return { status: 200, code: "", body };
}

export function refused(refusal: Refusal): Answer {
  return { status: refusal.status, code: refusal.code, body: { code: Number(refusal.code), msg: refusal.message } };
}

/** There is no envelope before the API. */
export function notFound(): Answer {
  return { status: 404, code: "404", body: "Not Found" };
}

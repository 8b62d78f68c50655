import type { Answer } from "../../exchange";
import { Refusal } from "../../refusals";

/** Code and HTTP status of each refusal. The statuses are documented in part only. */
const REASONS = {
  header: ["400001", 401],
  time: ["400002", 400],
  keyUnknown: ["400003", 401],
  passphrase: ["400004", 401],
  signature: ["400005", 401],
  address: ["400006", 403],
  permission: ["400007", 403],
  version: ["400009", 400],
  account: ["400010", 403],
  parameter: ["400100", 400],
  route: ["404000", 404],
  contentType: ["415000", 415],
  rate: ["429000", 429],
} as const satisfies Record<string, readonly [string, number]>;

export type Reason = keyof typeof REASONS;

export function refuse(reason: Reason, message: string): Refusal {
  const [code, status] = REASONS[reason];
  return new Refusal(code, status, message);
}

export function success(data: unknown): Answer {
  return { status: 200, code: "200000", body: { code: "200000", data } };
}

export function refused(refusal: Refusal, status: number = refusal.status): Answer {
  return { status, code: refusal.code, body: { code: refusal.code, msg: refusal.message } };
}

import type { Answer } from "../../exchange";
import { Refusal } from "../../refusals";

/** Code and HTTP status of each refusal. Business refusals are HTTP 200. */
const REASONS = {
  parameter: ["10001", 200],
  authHeaderMissing: ["10001", 401],
  timestamp: ["10002", 200],
  keyUnknown: ["10003", 401],
  signature: ["10004", 200],
  permission: ["10005", 200],
  rate: ["10006", 200],
  address: ["10010", 200],
  route: ["10017", 404],
  expired: ["33004", 200],
  subAccount: ["500010", 200],
} as const satisfies Record<string, readonly [string, number]>;

export function refuse(reason: keyof typeof REASONS, message: string): Refusal {
  const [code, status] = REASONS[reason];
  return new Refusal(code, status, message);
}

export function success(result: unknown, message: string, now: number): Answer {
  return { status: 200, code: "0", body: { retCode: 0, retMsg: message, result, retExtInfo: {}, time: now } };
}

export function refused(refusal: Refusal, now: number): Answer {
  const body = { retCode: Number(refusal.code), retMsg: refusal.message, result: {}, retExtInfo: {}, time: now };
  return { status: refusal.status, code: refusal.code, body };
}

/** What stands before the API says no: there is no envelope. */
export function forbidden(message: string): Answer {
  return { status: 403, code: "403", body: { message } };
}

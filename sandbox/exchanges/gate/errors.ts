import type { Answer } from "../../exchange";
import type { Random } from "../../random";
import { Refusal } from "../../refusals";

/** Label and HTTP statuses of each refusal. Where there are two, documents and reports disagree. */
const REASONS = {
  header: ["MISSING_REQUIRED_HEADER", [400]],
  keyUnknown: ["INVALID_KEY", [401]],
  timestamp: ["REQUEST_EXPIRED", [401, 403]],
  signature: ["INVALID_SIGNATURE", [401]],
  address: ["IP_FORBIDDEN", [401]],
  permission: ["FORBIDDEN", [403]],
  readOnly: ["READ_ONLY", [403]],
  noSuchSubAccount: ["SUB_ACCOUNT_NOT_FOUND", [400, 404]],
  locked: ["SUB_ACCOUNT_LOCKED", [400, 403]],
  parameter: ["INVALID_PARAM_VALUE", [400]],
  parameterMissing: ["MISSING_REQUIRED_PARAM", [400]],
  body: ["INVALID_REQUEST_BODY", [400]],
  route: ["NOT_FOUND", [404]],
  rate: ["TOO_MANY_REQUESTS", [429]],
} as const satisfies Record<string, readonly [string, readonly [number, ...number[]]]>;

type Reason = keyof typeof REASONS;

/** No document says how a key that is not there is answered: this way or that. The last label is made up. */
const NO_SUCH_KEY = [
  ["INVALID_PARAM_VALUE", 400],
  ["NOT_FOUND", 404],
  ["API_KEY_NOT_EXIST", 400],
] as const;

export function refuse(reason: Reason, message: string): Refusal {
  const [label, [status]] = REASONS[reason];
  return new Refusal(label, status, message);
}

/** As {@link refuse}, with any of the statuses. */
export function refuseSomehow(reason: Reason, message: string, random: Random): Refusal {
  const [label, statuses] = REASONS[reason];
  return new Refusal(label, random.pick<number>(statuses), message);
}

export function noSuchKey(random: Random): Refusal {
  const [label, status] = random.pick<readonly [string, number]>(NO_SUCH_KEY);
  return new Refusal(label, status, "the API key does not exist");
}

/** There is no envelope around a success. `undefined` is a 204 without a body. */
export function success(body: unknown, created: boolean): Answer {
  if (body === undefined) return { status: 204, code: "", body };
  return { status: created ? 201 : 200, code: "", body };
}

/** Some refusals say `detail` in place of `message`. */
export function refused(refusal: Refusal, field: "message" | "detail"): Answer {
  return { status: refusal.status, code: refusal.code, body: { label: refusal.code, [field]: refusal.message } };
}

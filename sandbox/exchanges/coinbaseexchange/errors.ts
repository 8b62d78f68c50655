import type { Answer } from "../../exchange";
import type { Random } from "../../random";
import { Refusal } from "../../refusals";

/** Message and HTTP statuses of each refusal. Where there are two, they changed over the years. */
const REASONS = {
  keyHeader: ["CB-ACCESS-KEY header is required", [401]],
  signHeader: ["CB-ACCESS-SIGN header is required", [401]],
  timestampHeader: ["CB-ACCESS-TIMESTAMP header is required", [401]],
  passphraseHeader: ["CB-ACCESS-PASSPHRASE header is required", [401]],
  timestampForm: ["invalid timestamp", [401]],
  timestamp: ["request timestamp expired", [401, 400]],
  keyUnknown: ["Invalid API Key", [401]],
  passphrase: ["Invalid Passphrase", [401]],
  signature: ["invalid signature", [401]],
  address: ["IP does not match IP whitelist", [401, 403]],
  permission: ["Forbidden", [403]],
  route: ["NotFound", [404]],
  rate: ["Private rate limit exceeded", [429]],
  openRate: ["Public rate limit exceeded", [429]],
} as const satisfies Record<string, readonly [string, readonly [number, ...number[]]]>;

export function refuse(reason: keyof typeof REASONS, random: Random): Refusal {
  const [message, statuses] = REASONS[reason];
  return new Refusal(message, random.pick<number>(statuses), message);
}

export function invalid(message: string): Refusal {
  return new Refusal(message, 400, message);
}

/** There is no envelope around a success. */
export function success(body: unknown): Answer {
  return { status: 200, code: "", body };
}

/** The message is all there is: it is the code too. */
export function refused({ status, code, message }: Refusal): Answer {
  return { status, code, body: { message } };
}

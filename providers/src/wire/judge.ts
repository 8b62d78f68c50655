import type { ErrorKind } from "../core/errors";
import type { Descriptor } from "../exchanges/descriptor";
import type { RefusedFacts } from "./refused";

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The decoded body. `undefined` when it is not JSON. */
  readonly body: unknown;
}

/** How to read an exchange's answers, and its time when it gave this one. */
export interface Rules {
  readonly descriptor: Pick<Descriptor, "envelope" | "errors" | "hints" | "rateResetHeader">;
  readonly now: number;
}

/** What is said about a code, by kind. Never the exchange's own text: it may quote the request. */
const MEANINGS: Readonly<Partial<Record<ErrorKind, string>>> = {
  AccountBlocked: "the exchange does not serve this account",
  AuthFailed: "the exchange does not accept the parent credential",
  ClockSkew: "the exchange says that the request's time is wrong",
  Conflict: "the exchange holds something in the way",
  InvalidInput: "the exchange does not accept the request's values",
  IpNotAllowed: "the address this runs from is not in the parent key's whitelist",
  KeyExpired: "the key has expired",
  LabelTaken: "another key has this label",
  LimitReached: "the account holds as many keys as it may",
  NotFound: "there is no such key",
  NotSupported: "the exchange does not do this here",
  OutcomeUnknown: "the exchange failed in the middle",
  PermissionDenied: "the parent credential may not do this",
  RateLimited: "too many requests",
  Unavailable: "the exchange is busy",
};

/** Why an answer is not a success. `undefined` when it is. Pure. */
export function judge(answer: Answer, rules: Rules): RefusedFacts | undefined {
  const { envelope } = rules.descriptor;
  const code = codeOf(answer.body, rules.descriptor);
  if (code !== undefined && envelope.vague?.includes(code)) return judgeStatus(answer, rules);
  if (code === undefined) return isBareSuccess(answer, envelope) ? undefined : judgeStatus(answer, rules);
  const success = envelope.success.includes(code);
  if (success) return answer.status < 300 ? undefined : judgeStatus(answer, rules);
  const { errors, hints } = rules.descriptor;
  const kind = new Map(Object.entries(errors.value)).get(code);
  const hint = new Map(Object.entries(hints)).get(code);
  const described = { code, ...(hint === undefined ? {} : { hint }) };
  if (kind === undefined) {
    const message = "the exchange refused with a code not known here";
    return { kind: "BadResponse", message, ...described, ...(answer.status >= 500 ? { uncertain: true } : {}) };
  }
  return { ...described, ...ofKind(kind, answer, rules) };
}

function ofKind(kind: ErrorKind, answer: Answer, rules: Rules): RefusedFacts {
  const message = MEANINGS[kind] ?? "the exchange refused";
  if (kind === "OutcomeUnknown") return { kind: "Unavailable", message, uncertain: true };
  if (kind === "Unavailable" && answer.status >= 500) return { kind, message, uncertain: true };
  return { kind, message, ...(kind === "RateLimited" ? retryAfter(answer, rules) : {}) };
}

/** A success of an exchange whose successes hold no code. A field of the code's name that is no code is none of them. */
function isBareSuccess({ status, body }: Answer, envelope: Descriptor["envelope"]): boolean {
  if (envelope.listed || !envelope.success.includes("") || status < 200 || status >= 300) return false;
  return status === 204 ? body === undefined : body !== undefined && field(body, envelope.code) === undefined;
}

/** For answers that carry no code of the exchange. */
function judgeStatus(answer: Answer, rules: Rules): RefusedFacts {
  const { status } = answer;
  const code = `HTTP ${status}`;
  if (status === 429 || status === 418) return { ...ofKind("RateLimited", answer, rules), code };
  if (status >= 500) return { ...ofKind("OutcomeUnknown", answer, rules), code };
  if (status === 403) return { ...ofKind("PermissionDenied", answer, rules), code };
  if (status === 401) return { ...ofKind("AuthFailed", answer, rules), code };
  if (status >= 300) return { kind: "BadResponse", message: "the exchange answered with an unexpected status", code };
  const field = rules.descriptor.envelope.code;
  const message = answer.body === undefined ? "the answer is not JSON" : `field ${field} of the answer is missing`;
  return { kind: "BadResponse", message, uncertain: true };
}

/** The code that counts: an item's refusal first, for the envelope then only says that some item was refused. */
function codeOf(body: unknown, { envelope, errors }: Rules["descriptor"]): string | undefined {
  const said = field(body, envelope.code);
  // Some exchanges refuse by a sentence: it counts where the descriptor knows it word for word.
  const read = (code: unknown) => scalar(code) ?? sentence(code, Object.keys(errors.value));
  if (envelope.listed) return codeInList(said, envelope.success, (code) => read(code) ?? sentence(code, envelope.success));
  const top = read(said);
  const { itemCode, result } = envelope;
  if (top === undefined || itemCode === undefined || result === undefined) return top;
  const listed = field(body, result);
  const items = (Array.isArray(listed) ? listed : []).map((item) => field(item, itemCode));
  // An item that says something which is no code has not said that it succeeded.
  if (items.some((item) => typeof item === "string" && item !== "" && scalar(item) === undefined)) return undefined;
  return items.map(scalar).find((code) => code !== undefined && !envelope.success.includes(code)) ?? top;
}

/** The first code that is no success. An empty list is the empty code. A list with an item that is no code says nothing. */
function codeInList(said: unknown, success: readonly string[], read: (code: unknown) => string | undefined): string | undefined {
  if (!Array.isArray(said)) return undefined;
  const codes = said.map(read);
  return codes.includes(undefined) ? undefined : (codes.find((code) => code !== undefined && !success.includes(code)) ?? "");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

/** A text that is one of `known`, but never the empty one. */
function sentence(value: unknown, known: readonly string[]): string | undefined {
  return typeof value === "string" && value !== "" && known.includes(value) ? value : undefined;
}

/** A code is a short number or a short word without digits. Anything else, as a secret is, is not one, and is not repeated in an error. */
function scalar(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && /^(-?[0-9]{1,12}|[A-Za-z_-]{1,40})$/.test(value) ? value : undefined;
}

function retryAfter(answer: Answer, rules: Rules): { readonly retryAfterMs?: number } {
  const said = answer.headers.get("retry-after") ?? "";
  if (/^[0-9]{1,6}$/.test(said)) return { retryAfterMs: Number(said) * 1000 };
  if (!Number.isNaN(Date.parse(said))) return { retryAfterMs: Math.max(0, Date.parse(said) - rules.now) };
  const reset = answer.headers.get(rules.descriptor.rateResetHeader?.value ?? "") ?? "";
  // Too short for a time: a countdown in milliseconds.
  if (/^[0-9]{1,6}$/.test(reset)) return { retryAfterMs: Number(reset) };
  if (!/^([0-9]{10}|[0-9]{13})$/.test(reset)) return {};
  // Ten digits are a time of our days in seconds, thirteen one in milliseconds.
  const at = reset.length === 10 ? Number(reset) * 1000 : Number(reset);
  return { retryAfterMs: Math.max(0, at - rules.now) };
}

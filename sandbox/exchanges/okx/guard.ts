import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate } from "../../limiter";
import { Refusal } from "../../refusals";
import { type Reason, refuse, refused, success } from "./errors";
import { authenticate } from "./signature";
import type { OkxKey, OkxState } from "./state";

/** A proven call with its parameters: the query of a GET, the body of a POST. */
export interface Request {
  readonly call: Call;
  readonly key: OkxKey;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
  readonly rate: Rate;
  /** How a sub-account's key is refused. Left out where every key may call. */
  readonly masterOnly?: Extract<Reason, "masterOnly" | "masterOnlySubAccounts">;
  /** Whether the calling key needs `trade`. */
  readonly writes: boolean;
  /** Whether the calling key must be bound to addresses. */
  readonly ipBound: boolean;
  handle(request: Request): readonly unknown[];
}

/** Puts proof, rate limit and permission before an endpoint, and the envelope around its answer. */
export function guard(endpoint: Endpoint, state: OkxState): Route {
  const act = (call: Call): readonly unknown[] => {
    checkContentType(call);
    const key = state.keys.touch(authenticate(call, state));
    const bucket = `okx ${state.uidOf(key)} ${endpoint.method} ${endpoint.path}`;
    if (!state.world.limiter.take(bucket, endpoint.rate).ok) throw refuse("rate", "Too Many Requests");
    checkAccess(endpoint, key);
    return endpoint.handle({ call, key, params: readParams(call) });
  };
  const { method, path, operation } = endpoint;
  return { method, path, operation, answer: (call) => enveloped(call, state, act) };
}

/** An endpoint that asks for no key. */
export function openRoute(
  endpoint: Pick<Endpoint, "path" | "operation">,
  state: OkxState,
  data: () => readonly unknown[],
): Route {
  return { ...endpoint, method: "GET", answer: (call) => enveloped(call, state, data) };
}

function enveloped(call: Call, state: OkxState, act: (call: Call) => readonly unknown[]): Answer {
  state.forgetIdle();
  try {
    return success(act(call));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A rate limit is documented with both statuses.
    return refused(error, error.status === 429 && state.world.random.chance() ? 200 : error.status);
  }
}

function checkContentType(call: Call): void {
  if (call.method !== "POST" || /^application\/json\b/i.test(call.headers.get("content-type") ?? "")) return;
  throw refuse("contentType", "Invalid Content-Type, please use the application/json format");
}

function checkAccess(endpoint: Endpoint, key: OkxKey): void {
  if (endpoint.masterOnly !== undefined && key.subAccount !== undefined) {
    throw refuse(endpoint.masterOnly, "Only the API key of the main account has permission.");
  }
  if (endpoint.ipBound && key.ips.length === 0) throw refuse("notIpBound", "This endpoint requires that APIKey must bind IP");
  if (endpoint.writes && !key.perm.includes("trade")) {
    throw refuse("permission", "This API key doesn't have permission to use this function");
  }
}

function readParams(call: Call): Record<string, unknown> {
  if (call.method === "GET") return Object.fromEntries(new URLSearchParams(call.query));
  const body = parseJson(call.body);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw refuse("syntax", "JSON syntax error");
  return { ...body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("syntax", "JSON syntax error");
  }
}

/** A parameter that must be there. @throws Refusal 50014 when it is missing or empty, 51000 when it is not text */
export function required({ params }: Request, name: string): string {
  const value = params[name];
  if (value === undefined || value === "") throw refuse("parameterEmpty", `Parameter ${name} cannot be empty`);
  return text(value, name);
}

/** A parameter that may be left out. Empty text is a value. */
export function optional({ params }: Request, name: string): string | undefined {
  const value = params[name];
  return value === undefined ? undefined : text(value, name);
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw refuse("parameter", `Parameter ${name} error`);
  return value;
}

import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate, Verdict } from "../../limiter";
import { Refusal } from "../../refusals";
import { refuse, refused, success } from "./errors";
import type { Word } from "./permissions";
import { authenticate } from "./signature";
import type { KucoinKey, KucoinState } from "./state";

/** A proven call with its parameters: the query of a GET or DELETE, the body of a POST. */
export interface Request {
  readonly call: Call;
  readonly key: KucoinKey;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Requests of the lowest level in half a minute, by pool. */
const POOLS = { management: 2000, spot: 4000, public: 2000 } as const;
const WINDOW_MS = 30_000;

export interface Endpoint {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly operation: Operation;
  readonly pool: "management" | "spot";
  readonly weight: number;
  /** What the calling key needs. */
  readonly needs: Word;
  /** True where keys of sub-accounts are refused: undocumented, but likely. */
  readonly masterOnly: boolean;
  handle(request: Request): unknown;
}

/** Puts proof, quota and permission before an endpoint, and the envelope around its answer. */
export function guard(endpoint: Endpoint, state: KucoinState): Route {
  const act = (call: Call, headers: Record<string, string>): unknown => {
    checkContentType(call);
    const key = state.keys.touch(authenticate(call, state));
    const bucket = `kucoin ${state.uidOf(key)} ${endpoint.pool}`;
    const verdict = state.world.limiter.take(bucket, quota(endpoint.pool, endpoint.weight));
    Object.assign(headers, limitHeaders(verdict));
    if (!verdict.ok) throw refuse("rate", "Too many requests in a short period of time, please retry later");
    checkAccess(endpoint, key);
    return endpoint.handle({ call, key, params: readParams(call) });
  };
  const { method, path, operation } = endpoint;
  return { method, path, operation, answer: (call) => enveloped(call, state, act) };
}

/** An endpoint that asks for no key; its quota is the address's. */
export function openRoute(
  endpoint: Pick<Endpoint, "path" | "operation" | "weight">,
  state: KucoinState,
  data: () => unknown,
): Route {
  const act = (call: Call, headers: Record<string, string>): unknown => {
    const verdict = state.world.limiter.take(`kucoin address ${call.callerAddress}`, quota("public", endpoint.weight));
    Object.assign(headers, limitHeaders(verdict));
    if (!verdict.ok) throw refuse("rate", "Too many requests in a short period of time, please retry later");
    return data();
  };
  const { path, operation } = endpoint;
  return { path, operation, method: "GET", answer: (call) => enveloped(call, state, act) };
}

function quota(pool: keyof typeof POOLS, weight: number): Rate {
  return { requests: POOLS[pool], perMs: WINDOW_MS, weight };
}

function limitHeaders({ limit, left, waitMs }: Verdict): Record<string, string> {
  return {
    "gw-ratelimit-limit": String(limit),
    "gw-ratelimit-remaining": String(left),
    "gw-ratelimit-reset": String(waitMs),
  };
}

/** What `act` returns or refuses, in the envelope. `act` may add headers. */
function enveloped(call: Call, state: KucoinState, act: (call: Call, headers: Record<string, string>) => unknown): Answer {
  state.forgetEnded();
  const headers: Record<string, string> = {};
  try {
    return { ...success(act(call, headers)), headers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Other codes than success come with HTTP 200 too.
    const status = error.status === 400 && state.world.random.chance() ? 200 : error.status;
    return { ...refused(error, status), headers };
  }
}

function checkContentType(call: Call): void {
  if (call.method !== "POST" || /^application\/json\b/i.test(call.headers.get("content-type") ?? "")) return;
  throw refuse("contentType", "Unsupported Media Type. The Content-Type of the request header needs to be application/json");
}

function checkAccess({ masterOnly, needs }: Endpoint, key: KucoinKey): void {
  if (masterOnly && key.subAccount !== undefined) throw refuse("account", "The account has no access to this endpoint");
  if (!key.permission.includes(needs)) throw refuse("permission", "Access denied, require more permission.");
}

function readParams(call: Call): Record<string, unknown> {
  // A plus is a plus here, and no space.
  if (call.method !== "POST") return Object.fromEntries(new URLSearchParams(call.query.replaceAll("+", "%2B")));
  const body = parseJson(call.body);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw refuse("parameter", "the body is no object");
  return { ...body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("parameter", "the body is not JSON");
  }
}

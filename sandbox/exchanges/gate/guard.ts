import { randomBytes } from "node:crypto";
import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate, Verdict } from "../../limiter";
import { Refusal } from "../../refusals";
import { refuse, refused, refuseSomehow, success } from "./errors";
import { permOf } from "./permissions";
import { authenticate } from "./signature";
import type { GateKey, GateState } from "./state";

/** A proven call with its parameters. */
export interface Request {
  readonly call: Call;
  readonly key: GateKey;
  /** The parts of the path that have a name. */
  readonly place: ReadonlyMap<string, string>;
  /** The query of a GET, the body of a POST or PUT, nothing of a DELETE. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Names begin with a colon. */
  readonly path: string;
  readonly operation: Operation;
  readonly rate: Rate;
  /** The permission the calling key needs: to read for a GET, to write for anything else. */
  readonly group: string;
  /** Whether keys of sub-accounts are refused. */
  readonly mainOnly: boolean;
  /** Whether a success is a 201. */
  readonly creates?: boolean;
  /** Whether a POST needs no body. */
  readonly bodiless?: boolean;
  /** @returns the body of a success; `undefined` for none */
  handle(request: Request): unknown;
}

type Act = (call: Call, headers: Record<string, string>) => unknown;

/** Puts proof, rate limit and permission before an endpoint. */
export function guard(endpoint: Endpoint, state: GateState): Route {
  const act: Act = (call, headers) => {
    const key = state.keys.touch(authenticate(call, state));
    const bucket = `gate ${state.uidOf(key)} ${endpoint.method} ${endpoint.path}`;
    const verdict = state.world.limiter.take(bucket, endpoint.rate);
    Object.assign(headers, limitHeaders(verdict, state));
    if (!verdict.ok) throw refuse("rate", "Request Rate Limit Exceeded");
    checkLock(key, state);
    checkAccess(endpoint, key);
    return endpoint.handle({
      call,
      key,
      place: placeIn(endpoint.path, call.path),
      params: endpoint.bodiless === true ? {} : readParams(call),
    });
  };
  const { method, path, operation, creates = false } = endpoint;
  return { method, path, operation, answer: (call) => answered(call, act, { state, creates }) };
}

/** An endpoint that asks for no key. */
export function openRoute(endpoint: Pick<Endpoint, "path" | "operation">, state: GateState, body: () => unknown): Route {
  return { ...endpoint, method: "GET", answer: (call) => answered(call, body, { state, creates: false }) };
}

function answered(call: Call, act: Act, { state, creates }: { state: GateState; creates: boolean }): Answer {
  const headers: Record<string, string> = { "X-Gate-Trace-ID": randomBytes(16).toString("hex") };
  try {
    return { ...success(act(call, headers), creates), headers };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...refused(error, state.world.random.pick(["message", "detail"])), headers };
  }
}

/** Whether the reset is in seconds or milliseconds is documented nowhere. */
function limitHeaders(verdict: Verdict, { world }: GateState): Record<string, string> {
  const reset = world.clock.now() + (verdict.ok ? 0 : verdict.waitMs);
  return {
    "X-Gate-RateLimit-Requests-Remain": String(verdict.left),
    "X-Gate-RateLimit-Limit": String(verdict.limit),
    "X-Gate-RateLimit-Reset-Timestamp": String(world.random.chance() ? reset : Math.ceil(reset / 1000)),
  };
}

/** Which status comes with it is not documented. */
function checkLock(key: GateKey, state: GateState): void {
  if (state.isLocked(key)) throw refuseSomehow("locked", "sub account is locked", state.world.random);
}

function checkAccess(endpoint: Endpoint, key: GateKey): void {
  if (endpoint.mainOnly && key.subAccount !== undefined) {
    throw refuse("permission", "Only keys of the main account may do this");
  }
  const perm = permOf(key.perms, endpoint.group);
  if (perm === undefined) throw refuse("permission", `Request API key does not have ${endpoint.group} permission`);
  if (perm.read_only && endpoint.method !== "GET") throw refuse("readOnly", "Request API key is read-only");
}

/** Hono has matched the path already: both have as many parts. */
function placeIn(template: string, path: string): ReadonlyMap<string, string> {
  const parts = path.split("/");
  const names = template.split("/").map((name, index) => [name, parts[index] ?? ""] as const);
  return new Map(names.filter(([name]) => name.startsWith(":")).map(([name, part]) => [name.slice(1), part]));
}

function readParams(call: Call): Record<string, unknown> {
  if (call.method === "GET" || call.method === "DELETE") return Object.fromEntries(new URLSearchParams(call.query));
  const body = isJson(call) ? parseJson(call.body) : undefined;
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw refuse("body", "Invalid request body");
  return { ...body };
}

function isJson(call: Call): boolean {
  return /^application\/json\b/i.test(call.headers.get("content-type") ?? "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("body", "Invalid request body");
  }
}

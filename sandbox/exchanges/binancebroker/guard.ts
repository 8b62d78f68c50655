import type { Answer, Call, Operation, Route } from "../../exchange";
import { Refusal } from "../../refusals";
import { refuse, refused, refuseStanding, success } from "./errors";
import type { Flag } from "./permissions";
import { authenticate, illegal, mandatory, type Params } from "./signature";
import type { BrokerKey, BrokerState } from "./state";

/** A proven call with what it says. */
export interface Request {
  readonly call: Call;
  readonly key: BrokerKey;
  readonly params: Params;
}

export interface Endpoint {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly operation: Operation;
  /** True for a key of the master account that may trade; else any key. */
  readonly masterOnly?: boolean;
  /** What the calling key must be allowed to do. */
  readonly needs?: Flag;
  readonly weight: Weight;
  /** Parameters that it reads; further ones are refused. Left out where they do not matter. */
  readonly reads?: readonly string[];
  handle(request: Request): unknown;
}

/** How much of a minute's quota of this endpoint a call uses, and whose. */
export interface Weight {
  readonly of: "account" | "address";
  readonly weight: number;
}

const QUOTAS = { account: 180_000, address: 12_000 } as const;
const HEADERS = { account: "X-SAPI-USED-UID-WEIGHT-1M", address: "X-SAPI-USED-IP-WEIGHT-1M" } as const;
const MINUTE = 60_000;
/** Calls beyond the quota that a minute forgives. */
const PATIENCE = 30;
const BAN_MS = 120_000;

/** Puts proof, quota and permission before an endpoint, and the envelope around its refusal. */
export function guard(endpoint: Endpoint, state: BrokerState): Route {
  const act = (call: Call, headers: Record<string, string>): unknown => {
    checkBan(call, state, headers);
    const { key, params } = authenticate(call, state);
    const used = state.keys.touch(key);
    takeQuota(endpoint, { call, key, state }, headers);
    checkAccess(endpoint, key);
    checkUnread(endpoint, params);
    return endpoint.handle({ call, key: used, params });
  };
  const { method, path, operation } = endpoint;
  return { method, path, operation, answer: (call) => enveloped(call, act) };
}

/** An endpoint that asks for no key. */
export function openRoute(endpoint: Pick<Endpoint, "path" | "operation">, body: () => unknown): Route {
  return { ...endpoint, method: "GET", answer: (call) => enveloped(call, body) };
}

/** What `act` returns or refuses. `act` may add headers. */
function enveloped(call: Call, act: (call: Call, headers: Record<string, string>) => unknown): Answer {
  const headers: Record<string, string> = {};
  try {
    return { ...success(act(call, headers)), headers };
  } catch (error) {
    if (error instanceof Refusal) return { ...refused(error), headers };
    throw error;
  }
}

/** Whoever goes on after many refusals for too many requests is not heard for two minutes. */
function checkBan(call: Call, { world }: BrokerState, headers: Record<string, string>): void {
  const { ok, waitMs } = world.limiter.take(banOf(call), { requests: Number.MAX_SAFE_INTEGER, perMs: 1 });
  if (ok) return;
  headers["Retry-After"] = String(Math.ceil(waitMs / 1000));
  throw refuse("banned", "Way too much request weight used; IP banned. Please use WebSocket Streams.");
}

function banOf(call: Call): string {
  return `binancebroker ban ${call.callerAddress}`;
}

interface Asking {
  readonly call: Call;
  readonly key: BrokerKey;
  readonly state: BrokerState;
}

/** Each endpoint has a quota of its own, of the account or of the caller's address. */
function takeQuota(endpoint: Endpoint, { call, key, state }: Asking, headers: Record<string, string>): void {
  const { of, weight } = endpoint.weight;
  const { limiter } = state.world;
  const whose = of === "account" ? String(state.uidOf(key)) : call.callerAddress;
  const bucket = `binancebroker ${whose} ${endpoint.method} ${endpoint.path}`;
  const { ok, limit, left, waitMs } = limiter.take(bucket, { requests: QUOTAS[of] / weight, perMs: MINUTE });
  headers[HEADERS[of]] = String((limit - left) * weight);
  if (ok) return;
  if (!limiter.take(`${banOf(call)} patience`, { requests: PATIENCE, perMs: MINUTE }).ok) limiter.block(banOf(call), BAN_MS);
  headers["Retry-After"] = String(Math.ceil(waitMs / 1000));
  throw refuse("rate", "Too much request weight used; please use WebSocket Streams.");
}

function checkAccess({ masterOnly = false, needs }: Endpoint, key: BrokerKey): void {
  const mayManage = key.subAccount === undefined && key.flags.includes("canTrade");
  if (masterOnly && !mayManage) throw refuseStanding();
  if (needs !== undefined && !key.flags.includes(needs)) throw refuseStanding();
}

function checkUnread({ reads }: Endpoint, params: Params): void {
  const known = [...params.keys()].filter((name) => reads === undefined || reads.includes(name));
  if (known.length === params.size) return;
  const counts = `read '${known.length}' parameter(s) but was sent '${params.size}'`;
  throw refuse("unread", `Not all sent parameters were read; ${counts}.`);
}

/** @throws Refusal -1102 when it is missing or empty */
export function required({ params }: Request, name: string): string {
  const value = params.get(name) ?? "";
  if (value === "") throw mandatory(name);
  return value;
}

/** @throws Refusal -1100 when it is no whole number between the two */
export function whole({ params }: Request, name: string, range: { least: number; most: number; usual: number }): number {
  const text = params.get(name) ?? String(range.usual);
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  if (value < range.least || value > range.most) throw illegal(name);
  return value;
}

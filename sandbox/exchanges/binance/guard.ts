import { randomUUID } from "node:crypto";
import type { Answer, Call, Operation, Route } from "../../exchange";
import { Refusal } from "../../refusals";
import { refuse, refused, refuseStanding, success } from "./errors";
import { authenticate, type FamilyKey, illegal, type Known, mandatory, type Params, type Proven } from "./signature";
import type { BinanceKey } from "./state";

/** A proven call with what it says. */
export interface Request<Key extends FamilyKey = BinanceKey> extends Proven<Key> {
  readonly call: Call;
}

export interface Endpoint<Key extends FamilyKey = BinanceKey> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly operation: Operation;
  /** True for a key of the master account that may trade; else any key. */
  readonly masterOnly?: boolean;
  /** What the calling key must be allowed to do. */
  readonly needs?: Key["flags"][number];
  readonly weight: Weight;
  /** Parameters that it reads; further ones are refused. Left out where they do not matter. */
  readonly reads?: readonly string[];
  handle(request: Request<Key>): unknown;
}

/** What a guard asks of a family. */
export interface Guarded<Key extends FamilyKey> extends Known<Key> {
  readonly exchange: string;
  uidOf(key: Key): number;
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
export function guard<Key extends FamilyKey>(endpoint: Endpoint<Key>, state: Guarded<Key>): Route {
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
  const headers: Record<string, string> = { "x-mbx-uuid": randomUUID() };
  try {
    return { ...success(act(call, headers)), headers };
  } catch (error) {
    if (error instanceof Refusal) return { ...refused(error), headers };
    throw error;
  }
}

/** Whoever goes on after many refusals for too many requests is not heard for two minutes. */
function checkBan(call: Call, state: Banning, headers: Record<string, string>): void {
  const { ok, waitMs } = state.world.limiter.take(banOf(call, state), { requests: Number.MAX_SAFE_INTEGER, perMs: 1 });
  if (ok) return;
  headers["Retry-After"] = String(Math.ceil(waitMs / 1000));
  throw refuse("banned", "Way too much request weight used; IP banned. Please use WebSocket Streams.");
}

type Banning = Pick<Guarded<never>, "world" | "exchange">;

function banOf(call: Call, { exchange }: Banning): string {
  return `${exchange} ban ${call.callerAddress}`;
}

interface Asking<Key extends FamilyKey> {
  readonly call: Call;
  readonly key: Key;
  readonly state: Guarded<Key>;
}

/** Each endpoint has a quota of its own, of the account or of the caller's address. */
function takeQuota<Key extends FamilyKey>(
  endpoint: Pick<Endpoint, "method" | "path" | "weight">,
  { call, key, state }: Asking<Key>,
  headers: Record<string, string>,
): void {
  const { of, weight } = endpoint.weight;
  const { limiter } = state.world;
  const whose = of === "account" ? String(state.uidOf(key)) : call.callerAddress;
  const bucket = `${state.exchange} ${whose} ${endpoint.method} ${endpoint.path}`;
  const { ok, limit, left, waitMs } = limiter.take(bucket, { requests: QUOTAS[of] / weight, perMs: MINUTE });
  headers[HEADERS[of]] = String((limit - left) * weight);
  if (ok) return;
  if (!limiter.take(`${banOf(call, state)} patience`, { requests: PATIENCE, perMs: MINUTE }).ok)
    limiter.block(banOf(call, state), BAN_MS);
  headers["Retry-After"] = String(Math.ceil(waitMs / 1000));
  throw refuse("rate", "Too much request weight used; please use WebSocket Streams.");
}

interface Access {
  readonly masterOnly?: boolean;
  readonly needs?: string;
}

function checkAccess({ masterOnly = false, needs }: Access, key: FamilyKey): void {
  const mayManage = key.subAccount === undefined && key.flags.includes("canTrade");
  if (masterOnly && !mayManage) throw refuseStanding();
  if (needs !== undefined && !key.flags.includes(needs)) throw refuseStanding();
}

function checkUnread({ reads }: Pick<Endpoint, "reads">, params: Params): void {
  const known = [...params.keys()].filter((name) => reads === undefined || reads.includes(name));
  if (known.length === params.size) return;
  const counts = `read '${known.length}' parameter(s) but was sent '${params.size}'`;
  throw refuse("unread", `Not all sent parameters were read; ${counts}.`);
}

type Asked = Pick<Request, "params">;

/** @throws Refusal -1102 when it is missing or empty */
export function required({ params }: Asked, name: string): string {
  const value = params.get(name) ?? "";
  if (value === "") throw mandatory(name);
  return value;
}

/** @throws Refusal -1100 when it is no whole number between the two */
export function whole({ params }: Asked, name: string, range: { least: number; most: number; usual: number }): number {
  const text = params.get(name) ?? String(range.usual);
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  if (value < range.least || value > range.most) throw illegal(name);
  return value;
}

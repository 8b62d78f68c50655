import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate, Verdict } from "../../limiter";
import { Refusal } from "../../refusals";
import { forbidden, refuse, refused, success } from "./errors";
import { has } from "./permissions";
import { authenticate } from "./signature";
import type { BybitKey, BybitState } from "./state";

/** A proven call with its parameters: the query of a GET, the body of a POST. */
export interface Request {
  readonly call: Call;
  readonly key: BybitKey;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Who may call. `master`: any key of the master account. `managing`: a master key that can move money, not read-only.
 * `managingOrSelf`: also a sub-account's key with a wallet permission, about itself. `any`: every valid key.
 */
export type Access = "any" | "master" | "managing" | "managingOrSelf";

export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
  readonly access: Access;
  readonly perSecond: number;
  handle(request: Request): unknown;
}

const PER_ADDRESS: Rate = { requests: 600, perMs: 5000 };
const BAN_MS = 600_000;
/** Every documented spelling of success. */
const SUCCESS = ["", "OK", "success", "SUCCESS"] as const;

/** Puts address limit, proof, rate limit and permission before an endpoint, and the envelope around its answer. */
export function guard(endpoint: Endpoint, state: BybitState): Route {
  const act = (call: Call, headers: Record<string, string>): unknown => {
    const key = state.keys.touch(authenticate(call, state));
    const verdict = take(endpoint, key, state);
    Object.assign(headers, limitHeaders(verdict, state.world.clock.now()));
    if (!verdict.ok) throw refuse("rate", "Too many visits. Exceeded the API Rate Limit.");
    checkAccess(endpoint.access, key);
    return endpoint.handle({ call, key, params: readParams(call) });
  };
  const { method, path, operation } = endpoint;
  return { method, path, operation, answer: (call) => enveloped(call, state, act) };
}

/** An endpoint that asks for no key. */
export function openRoute(endpoint: Pick<Endpoint, "path" | "operation">, state: BybitState, result: () => unknown): Route {
  return { ...endpoint, method: "GET", answer: (call) => enveloped(call, state, result) };
}

/** What `act` returns or refuses, in the envelope. `act` may add headers. */
function enveloped(call: Call, state: BybitState, act: (call: Call, headers: Record<string, string>) => unknown): Answer {
  if (!mayTalk(call, state)) return forbidden("access too frequent");
  if (call.method === "GET" && hasBody(call)) return forbidden("a GET request with a body");
  const now = state.world.clock.now();
  const headers: Record<string, string> = {};
  try {
    return { ...success(act(call, headers), state.world.random.pick(SUCCESS), now), headers };
  } catch (error) {
    if (error instanceof Refusal) return { ...refused(error, now), headers };
    throw error;
  }
}

/** 600 requests in 5 s from one address earn ten minutes of silence. */
function mayTalk(call: Call, { world }: BybitState): boolean {
  const bucket = `bybit address ${call.callerAddress}`;
  const { ok, waitMs } = world.limiter.take(bucket, PER_ADDRESS);
  if (!ok && waitMs <= PER_ADDRESS.perMs) world.limiter.block(bucket, BAN_MS);
  return ok;
}

function hasBody(call: Call): boolean {
  return Number(call.headers.get("content-length") ?? "0") > 0 || call.headers.has("transfer-encoding");
}

function take(endpoint: Endpoint, key: BybitKey, state: BybitState): Verdict {
  const bucket = `bybit ${state.uidOf(key)} ${endpoint.method} ${endpoint.path}`;
  return state.world.limiter.take(bucket, { requests: endpoint.perSecond, perMs: 1000 });
}

function limitHeaders(verdict: Verdict, now: number): Record<string, string> {
  return {
    "X-Bapi-Limit": String(verdict.limit),
    "X-Bapi-Limit-Status": String(verdict.left),
    "X-Bapi-Limit-Reset-Timestamp": String(now + (verdict.ok ? 0 : verdict.waitMs)),
  };
}

function checkAccess(access: Access, key: BybitKey): void {
  const isMaster = key.subAccount === undefined;
  const wallet = (words: readonly string[]) => words.some((word) => has(key.permissions, "Wallet", word));
  const manages = isMaster && key.readOnly === 0 && wallet(["AccountTransfer", "SubMemberTransfer", "Withdraw"]);
  const editsItself = !isMaster && key.readOnly === 0 && wallet(["AccountTransfer", "SubMemberTransferList"]);
  const allowed =
    access === "any" || (access === "master" && isMaster) || manages || (access === "managingOrSelf" && editsItself);
  if (!allowed) throw refuse("permission", "Permission denied, please check your API key permissions.");
}

function readParams(call: Call): Record<string, unknown> {
  if (call.method === "GET") return Object.fromEntries(new URLSearchParams(call.query));
  const body = call.body === "" ? {} : parseJson(call.body);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw refuse("parameter", "body not json");
  return { ...body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("parameter", "body not json");
  }
}

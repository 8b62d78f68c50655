import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate } from "../../limiter";
import { Refusal } from "../../refusals";
import { invalid, refuse, refused, success } from "./errors";
import type { Permission } from "./permissions";
import { authenticate } from "./signature";
import { EXCHANGE, type ExchangeKey, type ExchangeState } from "./state";

/** Of an address, where nothing is signed. */
const OPEN: Rate = { requests: 10, perMs: 1000 };

/** A proven call. */
export interface Request {
  readonly call: Call;
  readonly key: ExchangeKey;
}

export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
  /** Of a profile. Endpoints with the same pool share it. */
  readonly rate: Rate & { readonly pool: string };
  /** One of them is enough. */
  readonly needs: readonly Permission[];
  handle(request: Request): unknown;
}

/** Puts proof, rate limit and permission before an endpoint. */
export function guard(endpoint: Endpoint, state: ExchangeState): Route {
  const { method, path, operation, needs, rate } = endpoint;
  const { limiter, random } = state.world;
  const act = (call: Call): unknown => {
    const key = state.keys.touch(authenticate(call, state));
    if (!limiter.take(`${EXCHANGE} ${state.profileOf(key)} ${rate.pool}`, rate).ok) throw refuse("rate", random);
    if (!needs.some((permission) => key.perms.includes(permission))) throw refuse("permission", random);
    return endpoint.handle({ call, key });
  };
  return { method, path, operation, answer: (call) => answered(() => act(call)) };
}

/** An endpoint that asks for no key. */
export function openRoute(path: string, state: ExchangeState, body: () => unknown): Route {
  const { limiter, random } = state.world;
  const act = (call: Call): unknown => {
    if (!limiter.take(`${EXCHANGE} ${call.callerAddress}`, OPEN).ok) throw refuse("openRate", random);
    return body();
  };
  return { method: "GET", path, operation: "time", answer: (call) => answered(() => act(call)) };
}

function answered(act: () => unknown): Answer {
  try {
    return success(act());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error);
  }
}

/** The body of a call, with these fields in it. */
export function readBody({ call }: Request, needed: readonly string[]): Readonly<Record<string, unknown>> {
  const body = parseJson(call.body);
  if (typeof body !== "object" || body === null) throw invalid("Invalid JSON");
  const fields: Record<string, unknown> = { ...body };
  for (const name of needed) if (fields[name] === undefined) throw invalid(`Invalid ${name}`);
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Invalid JSON");
  }
}

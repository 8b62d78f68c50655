import type { Answer, Call, Operation, Route } from "../../exchange";
import type { Rate } from "../../limiter";
import { Refusal } from "../../refusals";
import { forbidden, invalid, refused, success, tooMany } from "./errors";
import type { Permission } from "./permissions";
import { authenticate } from "./signature";
import { type CoinbaseKey, type CoinbaseState, EXCHANGE } from "./state";

/** Of a user, all calls together; and of an address, where nothing is signed. */
const SIGNED: Rate = { requests: 30, perMs: 1000 };
const OPEN: Rate = { requests: 10, perMs: 1000 };

/** A proven call. */
export interface Request {
  readonly call: Call;
  readonly key: CoinbaseKey;
}

export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
  /** Left out where any key may call. */
  readonly needs?: Permission;
  handle(request: Request): unknown;
}

/** Puts proof, rate limit and permission before an endpoint. */
export function guard(endpoint: Endpoint, state: CoinbaseState): Route {
  const { method, path, operation, needs } = endpoint;
  const act = (call: Call): unknown => {
    const key = state.keys.touch(authenticate(call, state));
    if (!state.world.limiter.take(EXCHANGE, SIGNED).ok) throw tooMany();
    if (needs !== undefined && !key.perms.includes(needs)) throw forbidden();
    return endpoint.handle({ call, key });
  };
  return { method, path, operation, answer: (call) => answered(() => act(call), state) };
}

/** An endpoint that asks for no key. */
export function openRoute(path: string, state: CoinbaseState, body: () => unknown): Route {
  const act = (call: Call): unknown => {
    if (!state.world.limiter.take(`${EXCHANGE} ${call.callerAddress}`, OPEN).ok) throw tooMany();
    return body();
  };
  return { method: "GET", path, operation: "time", answer: (call) => answered(() => act(call), state) };
}

function answered(act: () => unknown, state: CoinbaseState): Answer {
  try {
    return success(act());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, state.world.random);
  }
}

/** The body of a call, with these fields in it. */
export function readBody({ call }: Request, needed: readonly string[]): Readonly<Record<string, unknown>> {
  const body = parseJson(call.body);
  if (typeof body !== "object" || body === null) throw invalid("the body is not an object");
  const fields: Record<string, unknown> = { ...body };
  for (const name of needed) if (fields[name] === undefined) throw invalid(`${name} is missing`);
  return fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("the body is not JSON");
  }
}

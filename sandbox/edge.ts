import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import ipaddr from "ipaddr.js";
import type { SandboxClock } from "./clock";
import type { Answer, Call, Exchange, Route, Staleness } from "./exchange";
import type { Fault, Faults } from "./faults";
import type { App } from "./listen";
import { doubled, retyped, truncated } from "./mangle";
import { type Random, shuffleDeep } from "./random";
import type { RequestLog, Whitelists } from "./request-log";

/** What stands between the wire and every exchange. */
export interface Surroundings {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly log: RequestLog;
}

type Request = Context<{ Bindings: HttpBindings }>;

/** The exchange as an HTTP application. Through a door every caller counts as coming from its address. */
export function exchangeApp(exchange: Exchange, around: Surroundings, door?: string): App {
  const app: App = new Hono();
  for (const route of exchange.routes) {
    app.on(route.method, route.path, (request) => serve({ exchange, around, route, request, door }));
  }
  app.notFound((request) => serve({ exchange, around, route: undefined, request, door }));
  return app;
}

interface Serving {
  readonly exchange: Exchange;
  readonly around: Surroundings;
  readonly route: Route | undefined;
  readonly request: Request;
  readonly door: string | undefined;
}

async function serve(serving: Serving): Promise<Response> {
  const { exchange, around, route, request } = serving;
  const call = await readCall(request, serving.door);
  const operation = route?.operation ?? "unknown";
  const { method, path, callerAddress } = call;
  const { apiKey = null, subAccount = null } = exchange.identify(call);
  const at = new Date(around.clock.now()).toISOString();
  const number = around.log.arrived({
    at,
    exchange: exchange.id,
    method,
    path,
    callerAddress,
    apiKey,
    subAccount,
    operation,
  });
  const fault = around.faults.take({ exchange: exchange.id, method, path, operation, subAccount });
  if (fault !== undefined) around.log.finished(number, { fault: fault.kind });
  if (fault?.kind === "dropRequest") return hangUp(request);
  if (fault?.kind === "hang" && fault.when === "before") return callerGone(request);
  const note = (status: number): void => around.log.finished(number, { status });
  if (fault?.kind === "http") return httpFault(fault, note);
  if (fault?.kind === "page" && fault.when === "before") return page(fault, note);
  const stale = fault?.kind === "staleList" ? { stale: staleness(fault) } : {};
  const before = method === "GET" ? undefined : whitelistsOf(exchange);
  const answer = route === undefined ? exchange.notFound() : route.answer({ ...call, ...stale });
  const whitelists = before === undefined ? {} : changed(before, whitelistsOf(exchange));
  around.log.finished(number, { status: answer.status, code: answer.code, whitelists });
  return await answering(fault, answer, serving);
}

/** What the caller gets of an answer. */
async function answering(fault: Fault | undefined, answer: Answer, { request, around }: Serving): Promise<Response> {
  if (fault?.kind === "loseAnswer") return hangUp(request);
  if (fault?.kind === "hang") return callerGone(request);
  if (fault?.kind === "page") return page(fault, () => undefined);
  if (fault?.kind === "delay") await delay(fault.ms, undefined, { ref: false });
  const { text, headers } = rendered(answer, bodyUnder(fault, answer, around.random));
  if (fault?.kind === "cutBody") return cutOff(request, text);
  return new Response(fault?.kind === "truncate" ? truncated(text) : text, { status: answer.status, headers });
}

/** Public id → addresses, of all that live. */
function whitelistsOf(exchange: Exchange): ReadonlyMap<string, readonly string[]> {
  return new Map(exchange.keys().map(({ apiKey, ips }) => [apiKey, ips]));
}

function changed(before: ReadonlyMap<string, readonly string[]>, after: ReadonlyMap<string, readonly string[]>): Whitelists {
  const all = [...new Set([...before.keys(), ...after.keys()])];
  const others = all.filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)));
  return Object.fromEntries(others.map((key) => [key, after.get(key) ?? null]));
}

async function readCall(request: Request, door: string | undefined): Promise<Call> {
  // The raw target: a signature covers what was sent, not what a URL parser makes of it.
  const target = request.env.incoming.url ?? "/";
  const mark = target.indexOf("?");
  const { method, headers } = request.req.raw;
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers,
    body: method === "GET" ? "" : await request.req.text(),
    callerAddress: door ?? ipaddr.process(request.env.incoming.socket.remoteAddress ?? "0.0.0.0").toString(),
  };
}

function hangUp(request: Request): Response {
  request.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** Until the caller hangs up. */
async function callerGone(request: Request): Promise<Response> {
  const { socket } = request.env.incoming;
  if (!socket.destroyed) await once(socket, "close");
  return RESPONSE_ALREADY_SENT;
}

function httpFault(fault: Extract<Fault, { kind: "http" }>, note: (status: number) => void): Response {
  note(fault.status);
  const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? {});
  const type = typeof fault.body === "string" ? "text/plain" : "application/json";
  return new Response(text, { status: fault.status, headers: { "content-type": type, ...fault.headers } });
}

/** What a proxy, or who guards against floods, says to a browser. */
function page(fault: Extract<Fault, { kind: "page" }>, note: (status: number) => void): Response {
  note(fault.status);
  const text = `<!DOCTYPE html><html><head><title>${fault.status}</title></head><body><h1>Please wait</h1></body></html>`;
  return new Response(text, { status: fault.status, headers: { "content-type": "text/html; charset=UTF-8" } });
}

/** Says how long the answer is, sends half of it, and hangs up. */
function cutOff(request: Request, text: string): Response {
  const { outgoing } = request.env;
  const bytes = Buffer.from(text);
  outgoing.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.socket?.destroy());
  return RESPONSE_ALREADY_SENT;
}

function staleness(fault: Extract<Fault, { kind: "staleList" }>): Staleness {
  return fault.ms === undefined ? { kind: "change" } : { kind: "age", ms: fault.ms };
}

function bodyUnder(fault: Fault | undefined, answer: Answer, random: Random): unknown {
  if (fault?.kind === "body") return fault.body;
  if (fault?.kind === "shuffle") return shuffleDeep(answer.body, random);
  if (fault?.kind === "retype") return retyped(answer.body, random);
  return fault?.kind === "doubleList" ? doubled(answer.body) : answer.body;
}

function rendered(answer: Answer, body: unknown): { readonly text: string; readonly headers: Record<string, string> } {
  const headers = { "content-type": "application/json; charset=utf-8", ...answer.headers };
  const plain = typeof body === "string" && headers["content-type"].startsWith("text/plain");
  // An answer without a body stays one.
  const text = plain ? body : (JSON.stringify(body) ?? "");
  return { text, headers };
}

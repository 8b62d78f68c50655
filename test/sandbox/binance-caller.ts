import { createHmac } from "node:crypto";
import { request } from "undici";
import type { StartedSandbox } from "../../sandbox/start";
import { agentFrom, type Body, type Credential, sandboxTime, wayOf } from "./callers";

/** Requests signed by hand from Binance's documents. */
export interface BinanceCall {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Percent-encoded by the caller; `timestamp` is put before them and `signature` after them. */
  readonly text?: string;
  /** Where the parameters go. A GET and a DELETE have no choice. @default "body" of a POST */
  readonly into?: "query" | "body";
  readonly from?: string;
  readonly timestamp?: string;
  readonly sign?: (payload: string) => string;
  readonly apiKey?: string;
}

export interface BinanceReply {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, unknown>>;
}

export type BinanceCaller = (call: BinanceCall) => Promise<BinanceReply>;

export function hmac(payload: string, secret: string): string {
  return createHmac("sha256", secret).update(payload).digest("hex");
}

/** Parameters as they are signed and sent. */
export function form(params: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** @param from the address calls come from, unless they say otherwise */
export function binance(sandbox: StartedSandbox, credential: Credential, from = "127.0.0.1"): BinanceCaller {
  return callerOf(sandbox, { exchange: "binance", credential, from });
}

/** The same at the broker family. */
export function binancebroker(sandbox: StartedSandbox, credential: Credential, from = "127.0.0.1"): BinanceCaller {
  return callerOf(sandbox, { exchange: "binancebroker", credential, from });
}

interface Who {
  readonly exchange: string;
  readonly credential: Credential;
  readonly from: string;
}

function callerOf(sandbox: StartedSandbox, { exchange, credential, from }: Who): BinanceCaller {
  return async (call) => {
    const { method, path, text = "", into = method === "POST" ? "body" : "query" } = call;
    const timestamp = call.timestamp ?? String(await sandboxTime(sandbox));
    const payload = [timestamp === "" ? "" : `timestamp=${timestamp}`, text].filter((part) => part !== "").join("&");
    const { sign = (signed: string) => hmac(signed, credential.secret) } = call;
    const sent = `${payload}&signature=${sign(payload)}`;
    const way = await wayOf(sandbox, exchange, { from: call.from ?? from });
    const dispatcher = agentFrom(sandbox, way.from);
    const origin = way.origin ?? sandbox.files.endpoints[exchange];
    const headers = {
      "X-MBX-APIKEY": call.apiKey ?? credential.apiKey,
      ...(into === "body" ? { "Content-Type": "application/x-www-form-urlencoded" } : {}),
    };
    try {
      const target = `${origin}${path}${into === "query" ? `?${sent}` : ""}`;
      const answer = await request(target, { method, headers, dispatcher, body: into === "body" ? sent : null });
      return { status: answer.statusCode, body: JSON.parse(await answer.body.text()), headers: answer.headers };
    } finally {
      await dispatcher.close();
    }
  };
}

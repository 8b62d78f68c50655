import { createHash, createHmac } from "node:crypto";
import { request } from "undici";
import type { StartedSandbox } from "../../sandbox/start";
import { agentFrom, type Body, type Credential, sandboxTime, wayOf } from "./callers";

/** Requests signed by hand from Gate's documents. */
export interface GateCall {
  readonly method: string;
  /** Below `/api/v4`, with its query. */
  readonly path: string;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  readonly from?: string;
  readonly timestamp?: string;
  readonly sign?: string;
  /** Added to the headers, or put in their place. An empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GateReply {
  readonly status: number;
  /** `undefined` when there is none. */
  readonly body: Body;
  /** Empty for a success. */
  readonly label: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export type GateCaller = (call: GateCall) => Promise<GateReply>;

/** The five lines that are signed. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  /** Not percent-encoded. */
  readonly query: string;
  readonly text: string;
  readonly timestamp: string;
}

export function gateSign({ method, path, query, text, timestamp }: SignedParts, secret: string): string {
  const digest = createHash("sha512").update(text).digest("hex");
  return createHmac("sha512", secret).update([method, path, query, digest, timestamp].join("\n")).digest("hex");
}

/** @param from the address calls come from, unless they say otherwise */
export function gate(sandbox: StartedSandbox, credential: Credential, from = "127.0.0.1"): GateCaller {
  return async (call) => {
    const target = `/api/v4${call.path}`;
    const [path = "", query = ""] = target.split("?");
    const text = call.body === undefined ? "" : typeof call.body === "string" ? call.body : JSON.stringify(call.body);
    const timestamp = call.timestamp ?? String(Math.floor((await sandboxTime(sandbox)) / 1000));
    const parts = { method: call.method, path, query: decodeURIComponent(query), text, timestamp };
    const sign = call.sign ?? gateSign(parts, credential.secret);
    const own = { KEY: credential.apiKey, Timestamp: timestamp, SIGN: sign, "Content-Type": "application/json" };
    const headers = Object.fromEntries(Object.entries({ ...own, ...call.headers }).filter(([, value]) => value !== ""));
    const way = await wayOf(sandbox, "gate", { from: call.from ?? from });
    const dispatcher = agentFrom(sandbox, way.from);
    const init = { method: call.method as "GET", headers, dispatcher, body: text === "" ? null : text };
    try {
      const answer = await request(`${way.origin ?? sandbox.files.endpoints.gate}${target}`, init);
      const answered = await answer.body.text();
      const body: Body = answered === "" ? undefined : JSON.parse(answered);
      return { status: answer.statusCode, body, label: body?.label ?? "", headers: answer.headers };
    } finally {
      await dispatcher.close();
    }
  };
}

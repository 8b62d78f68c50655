import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Agent, request } from "undici";
import type { StartedSandbox } from "../../sandbox/start";

/** Requests signed by hand from the exchanges' documents: neither ccxt nor the sandbox's own code takes part. */
export interface Credential {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

export interface CallOptions {
  /** The address the request comes from. */
  readonly from?: string;
  readonly timestamp?: string;
  readonly sign?: string;
  readonly window?: string;
  /** Another origin than the sandbox's own. */
  readonly origin?: string;
  /** Added to the headers, or put in their place. An empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A body beside a GET. */
  readonly rawBody?: string;
}

/** Parsed JSON, looked at field by field: a wrong field shows as a failed assertion. */
export type Body = ReturnType<typeof JSON.parse>;

export interface Reply {
  readonly status: number;
  readonly body: Body;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Caller {
  get(path: string, params?: Readonly<Record<string, string>>, options?: CallOptions): Promise<Reply>;
  post(path: string, params: unknown, options?: CallOptions): Promise<Reply>;
  /** With a query and no body. */
  delete(path: string, params: Readonly<Record<string, string>>, options?: CallOptions): Promise<Reply>;
}

interface Signed {
  readonly method: string;
  readonly target: string;
  readonly text: string;
  readonly options: CallOptions;
}

export function parentOf(sandbox: StartedSandbox, exchange: string): Credential {
  const file = (field: string) => join(dirname(sandbox.files.ca), "parents", `${exchange}.${field}`);
  // Written down with the mark of every sandbox's credentials.
  const read = (field: string) => readFileSync(file(field), "utf8").replace(/^sandbox-/, "");
  const common = { apiKey: read("apiKey"), secret: read("secret") };
  return existsSync(file("passphrase")) ? { ...common, passphrase: read("passphrase") } : common;
}

export function bybit(sandbox: StartedSandbox, credential: Credential, defaults: CallOptions = {}): Caller {
  return caller(sandbox, { exchange: "bybit", defaults, sign: signBybit });

  async function signBybit({ method, target, text, options }: Signed): Promise<Record<string, string>> {
    const timestamp = options.timestamp ?? String(await sandboxTime(sandbox));
    const window = options.window ?? "5000";
    const query = target.includes("?") ? target.slice(target.indexOf("?") + 1) : "";
    const payload = timestamp + credential.apiKey + window + (method === "GET" ? query : text);
    return {
      "X-BAPI-API-KEY": credential.apiKey,
      "X-BAPI-TIMESTAMP": timestamp,
      "X-BAPI-RECV-WINDOW": window,
      "X-BAPI-SIGN": options.sign ?? createHmac("sha256", credential.secret).update(payload).digest("hex"),
    };
  }
}

export function okx(sandbox: StartedSandbox, credential: Credential, defaults: CallOptions = {}): Caller {
  return caller(sandbox, { exchange: "okx", defaults, sign: signOkx });

  async function signOkx({ method, target, text, options }: Signed): Promise<Record<string, string>> {
    const timestamp = options.timestamp ?? new Date(await sandboxTime(sandbox)).toISOString();
    const payload = timestamp + method + target + text;
    return {
      "OK-ACCESS-KEY": credential.apiKey,
      "OK-ACCESS-SIGN": options.sign ?? createHmac("sha256", credential.secret).update(payload).digest("base64"),
      "OK-ACCESS-TIMESTAMP": timestamp,
      "OK-ACCESS-PASSPHRASE": credential.passphrase ?? "",
    };
  }
}

export function kucoin(sandbox: StartedSandbox, credential: Credential, defaults: CallOptions = {}): Caller {
  return caller(sandbox, { exchange: "kucoin", defaults, sign: signKucoin });

  async function signKucoin({ method, target, text, options }: Signed): Promise<Record<string, string>> {
    const timestamp = options.timestamp ?? String(await sandboxTime(sandbox));
    const sign = (plain: string) => createHmac("sha256", credential.secret).update(plain).digest("base64");
    return {
      "KC-API-KEY": credential.apiKey,
      "KC-API-SIGN": options.sign ?? sign(timestamp + method + decodeURIComponent(target) + text),
      "KC-API-TIMESTAMP": timestamp,
      "KC-API-PASSPHRASE": sign(credential.passphrase ?? ""),
      "KC-API-KEY-VERSION": "3",
    };
  }
}

interface Way {
  readonly origin?: string | undefined;
  readonly from?: string | undefined;
}

/** Where 127.0.0.1 is the only loopback address, callers from others come through doors. */
export async function wayOf(
  sandbox: StartedSandbox,
  exchange: string,
  { origin, from = "127.0.0.1" }: CallOptions,
): Promise<Way> {
  if (process.platform === "linux" || from === "127.0.0.1" || origin !== undefined) return { origin, from };
  return { origin: (await sandbox.control.openDoor(from)).endpoints[exchange] };
}

/** A client that trusts the sandbox's authority and calls from an address of its own. */
export function agentFrom(sandbox: StartedSandbox, from = "127.0.0.1"): Agent {
  return new Agent({ connect: { ca: readFileSync(sandbox.files.ca, "utf8") }, localAddress: from });
}

export async function sandboxTime(sandbox: StartedSandbox): Promise<number> {
  return Date.now() + JSON.parse(readFileSync(sandbox.files.clock, "utf8")).offsetMs;
}

interface Target {
  readonly exchange: string;
  readonly defaults: CallOptions;
  sign(signed: Signed): Promise<Record<string, string>>;
}

function caller(sandbox: StartedSandbox, { exchange, defaults, sign }: Target): Caller {
  const send = async (signed: Signed): Promise<Reply> => {
    const { method, target, text, options } = signed;
    const all = { "Content-Type": "application/json", ...(await sign(signed)), ...options.headers };
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    const { origin = sandbox.files.endpoints[exchange], from } = await wayOf(sandbox, exchange, options);
    const dispatcher = agentFrom(sandbox, from);
    const body = method === "GET" ? (options.rawBody ?? null) : text;
    try {
      const answer = await request(`${origin}${target}`, { method, headers, dispatcher, body });
      return { status: answer.statusCode, body: JSON.parse(await answer.body.text()), headers: answer.headers };
    } finally {
      await dispatcher.close();
    }
  };
  const bare = (method: string, path: string) => (params: Readonly<Record<string, string>>, options: CallOptions) => {
    const query = new URLSearchParams(params).toString();
    const target = query === "" ? path : `${path}?${query}`;
    return send({ method, target, text: "", options: { ...defaults, ...options } });
  };
  return {
    get: (path, params = {}, options = {}) => bare("GET", path)(params, options),
    delete: (path, params, options = {}) => bare("DELETE", path)(params, options),
    post: (path, params, options = {}) => {
      const text = typeof params === "string" ? params : JSON.stringify(params);
      return send({ method: "POST", target: path, text, options: { ...defaults, ...options } });
    },
  };
}

import { Agent, fetch } from "undici";
import { Refused } from "./refused";

/** How long one request may take, from the first byte sent to the last byte read. */
export const DEADLINE_MS = 8000;

/** No answer about keys comes near this. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** The part of a fetch answer that the client reads. The body is complete: nothing can fail after this. */
export interface WholeAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: { forEach(visit: (value: string, key: string) => void): void };
  text(): Promise<string>;
}

interface ClientRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The function that a client calls instead of `fetch`. @throws Refused */
export type Transport = (url: string, request: ClientRequest) => Promise<WholeAnswer>;

export interface TransportOptions {
  /** The only origin that is let through. */
  readonly origin: string;
  /** Certificate authority to trust instead of the public ones, PEM. */
  readonly ca?: string;
  /** A signal per request. @default a timer of {@link DEADLINE_MS} */
  readonly deadline?: () => AbortSignal;
}

/** One connection pool to one origin, TLS 1.3 or nothing. */
export function createTransport(options: TransportOptions): Transport {
  const { origin, ca, deadline = () => AbortSignal.timeout(DEADLINE_MS) } = options;
  const connect = { minVersion: "TLSv1.3" as const, ...(ca === undefined ? {} : { ca }) };
  const dispatcher = new Agent({ connect, maxResponseSize: MAX_ANSWER_BYTES });
  return async (url, { method, headers, body }) => {
    if (!URL.canParse(url) || new URL(url).origin !== origin) {
      throw new Refused({
        kind: "EnvironmentRefused",
        message: "a request to a host outside the declared environment was stopped",
      });
    }
    // Never follow: a redirect would carry the signature to another place.
    const init = {
      method,
      headers: { ...headers },
      body: body ?? null,
      dispatcher,
      redirect: "manual",
      signal: deadline(),
    } as const;
    try {
      const answer = await fetch(url, init);
      const text = await answer.text();
      return { status: answer.status, statusText: "", headers: answer.headers, text: async () => text };
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

/** Nothing was sent when one of these happened. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|CRL_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Only names and codes are looked at: the texts may quote the request. */
function refusalOf(error: unknown): Refused {
  const names = chain(error);
  const certificate = names.find((name) => CERTIFICATE.test(name));
  if (certificate !== undefined) {
    return new Refused({ kind: "TlsRefused", message: "the exchange's certificate is not trusted", code: certificate });
  }
  const tls = names.find((name) => /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(name));
  if (tls !== undefined) return new Refused({ kind: "TlsRefused", message: "the exchange did not offer TLS 1.3", code: tls });
  const unsent = names.find((name) => NEVER_SENT.has(name));
  if (unsent !== undefined) {
    return new Refused({ kind: "Unavailable", message: "the exchange cannot be reached", code: unsent });
  }
  const late = names.some((name) => name === "TimeoutError" || name === "AbortError");
  const message = late ? "the exchange did not answer in time" : "the connection ended before the answer";
  return new Refused({ kind: "Unavailable", message, uncertain: true });
}

/** Names and codes of an error, its causes and its parts. */
function chain(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as NodeJS.ErrnoException;
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error.name, ...(typeof code === "string" ? [code] : []), ...[error.cause, ...parts].flatMap(chain)];
}

import { Agent, request as send } from "undici";
import { rootsContext } from "../runtime/roots";
import { type AnswerHeaders, decoded, Undecodable } from "./answer-body";
import { Refused } from "./refused";

/** How long one request may take, from the first byte sent to the last byte read and decoded. */
export const DEADLINE_MS = 8000;

/** No answer about keys comes near this, as it comes and decoded. */
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
  const dispatcher = new Agent({
    connect: { secureContext: rootsContext(ca === undefined ? {} : { only: ca }), rejectUnauthorized: true },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return async (url, { method, headers, body }) => {
    if (!URL.canParse(url) || new URL(url).origin !== origin) {
      throw new Refused({
        kind: "EnvironmentRefused",
        message: "a request to a host outside the declared environment was stopped",
      });
    }
    const signal = deadline();
    try {
      // Follows nothing: a redirect would carry the signature to another place.
      const answer = await send(url, {
        method: method as "GET",
        headers: { "accept-encoding": "gzip, deflate, br", ...headers },
        body: body ?? null,
        dispatcher,
        signal,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const text = await decoded(bytes, answer.headers, { limit: MAX_ANSWER_BYTES, signal });
      return { status: answer.statusCode, statusText: "", headers: visited(answer.headers), text: async () => text };
    } catch (error) {
      throw refusalOf(error, signal);
    }
  };
}

function visited(headers: AnswerHeaders): WholeAnswer["headers"] {
  const pairs = Object.entries(headers).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined);
  return {
    forEach: (visit) => {
      for (const [name, value] of pairs) visit([value].flat().join(", "), name);
    },
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
function refusalOf(error: unknown, { aborted }: AbortSignal): Refused {
  if (error instanceof Undecodable) return new Refused({ kind: "BadResponse", message: error.message, uncertain: true });
  const names = chain(error);
  if (names.includes("UND_ERR_RES_EXCEEDED_MAX_SIZE")) {
    return new Refused({
      kind: "BadResponse",
      message: "the exchange's answer is larger than any answer about keys",
      uncertain: true,
    });
  }
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
  const late = aborted || names.some((name) => name === "TimeoutError" || name === "AbortError");
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

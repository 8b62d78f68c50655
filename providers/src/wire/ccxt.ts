import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { KeyError } from "../core/errors";
import type { Secret } from "../core/secret";
import type { Descriptor } from "../exchanges/descriptor";
import { type Answer, judge } from "./judge";
import { Refused } from "./refused";
import { noteRequestId } from "./request-id";
import type { Transport } from "./transport";

/** The part of ccxt that is used here. None of its types, classes or error texts pass beyond this file. */
interface Exchange {
  apiKey: string;
  secret: string;
  password: string;
  readonly options: Record<string, unknown>;
  readonly urls: { api: unknown };
  milliseconds: () => number;
  seconds: () => number;
  sign: (...call: readonly unknown[]) => unknown;
  setLastRequest: () => void;
  handleErrors: (...answer: readonly unknown[]) => boolean;
  request(path: string, api: string | readonly string[], method: string, params: Record<string, unknown>): Promise<unknown>;
  fetchTime(): Promise<number | undefined>;
}
type ExchangeModule = { readonly default: new (settings: Readonly<Record<string, unknown>>) => Exchange };

export type Credentials = Readonly<Partial<Record<Descriptor["credentials"][number], Secret>>>;

export interface ClientOptions {
  readonly descriptor: Descriptor;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: Transport;
  /** Milliseconds since 1970, by our clock. */
  readonly now: () => number;
  readonly credentials: Credentials;
}

/** Signs and sends one request at a time or many at once. Keeps nothing of a request or an answer. */
export interface Client {
  /** The decoded body. @throws Refused */
  request(request: ClientCall): Promise<unknown>;
  /** The exchange's clock. @throws Refused */
  time(): Promise<number>;
  /** From now on requests are signed with our clock minus `difference`. */
  correctClock(difference: number): void;
}

export interface ClientCall {
  readonly path: string;
  readonly access: string | readonly string[];
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Loads the one exchange's code and none of the hundred others. */
export async function openClient(options: ClientOptions): Promise<Client> {
  const { default: ExchangeClass } = await loadModule(options.descriptor);
  const exchange = new ExchangeClass(settings(options));
  let difference = 0;
  pinHosts(exchange, options.origin);
  enterCredentials(exchange, options.credentials);
  exchange.milliseconds = options.now;
  // What is signed in seconds is not corrected by the client itself.
  exchange.seconds = () => Math.floor((exchange.milliseconds() - difference) / 1000);
  refuseUnsigned(exchange);
  // Else some exchanges are told that ccxt brings this customer, in headers signed with a key of ccxt's own.
  delete exchange.options.partner;
  // The last request is kept for debugging, and would hold a new key's passphrase.
  exchange.setLastRequest = () => {};
  exchange.handleErrors = (...given) => {
    const [status, , , , headers, , body] = given;
    const rules = { descriptor: options.descriptor, now: options.now() - difference };
    const answer = toAnswer(status, headers, body);
    noteRequestId(answer.headers.get(options.descriptor.requestIdHeader?.value ?? ""));
    const refusal = judge(answer, rules);
    if (refusal !== undefined) throw new Refused(refusal);
    // True: ccxt must not look at the HTTP status again, its texts hold URL and body.
    return true;
  };
  return {
    request: ({ path, access, method, params }) => exchange.request(path, access, method, { ...params }),
    time: async () => {
      const time = await exchange.fetchTime();
      if (time !== undefined && Number.isSafeInteger(time)) return time;
      throw new Refused({ kind: "BadResponse", message: "the exchange's time is missing in its answer" });
    },
    correctClock: (measured) => {
      difference = measured;
      exchange.options.timeDifference = measured;
    },
  };
}

function settings({ transport, headers }: ClientOptions): Readonly<Record<string, unknown>> {
  return {
    fetchImplementation: transport,
    headers,
    userAgent: "pulumi-exchange-keys",
    // Our own limiter spans operations and clients; two would only hide each other.
    enableRateLimit: false,
    enableLastHttpResponse: false,
    enableLastJsonResponse: false,
    enableLastResponseHeaders: false,
    fetchHistoryCacheSize: 0,
    verbose: false,
    // Codes and ids must not change between number and text with the size of their neighbours.
    quoteJsonNumbers: false,
  };
}

/** The package's `exports` forbid sub-paths and its single CommonJS files are broken in 4.5.84, so the module is loaded by file URL. */
async function loadModule({ id, client = id }: Descriptor): Promise<ExchangeModule> {
  const file = join(dirname(require.resolve("ccxt")), "..", "js", "src", `${client}.js`);
  try {
    return (await import(pathToFileURL(file).href)) as ExchangeModule;
  } catch {
    throw new KeyError({
      kind: "NotSupported",
      exchange: id,
      message: "the client's code cannot be loaded",
      hint: "Install ccxt.",
    });
  }
}

/** Every URL keeps its path and gets the one origin that this environment allows. Whatever is missed, the transport stops. */
function pinHosts(exchange: Exchange, origin: string): void {
  const pin = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(/^https?:\/\/[^/]+/, origin);
    return Object.fromEntries(Object.entries(value ?? {}).map(([name, inner]) => [name, pin(inner)]));
  };
  exchange.urls.api = pin(exchange.urls.api);
}

/** A credential of the wrong form fails inside the client, by errors that quote it: nothing was sent then. */
function refuseUnsigned(exchange: Exchange): void {
  const sign = exchange.sign.bind(exchange);
  exchange.sign = (...call) => {
    try {
      return sign(...call);
    } catch {
      const hint = "Check that it is complete and in the form in which the exchange gave it out.";
      throw new Refused({ kind: "CredentialsUnavailable", message: "the credential is not one that can sign", hint });
    }
  };
}

function enterCredentials(exchange: Exchange, { apiKey, secret, passphrase }: Credentials): void {
  exchange.apiKey = apiKey?.reveal() ?? "";
  exchange.secret = secret?.reveal() ?? "";
  exchange.password = passphrase?.reveal() ?? "";
}

function toAnswer(status: unknown, headers: unknown, body: unknown): Answer {
  const pairs = Object.entries((headers ?? {}) as Record<string, string>);
  return { status: Number(status), headers: new Map(pairs.map(([name, value]) => [name.toLowerCase(), value])), body };
}

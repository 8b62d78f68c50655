import { Secret } from "../../providers/src/core/secret";
import { descriptorOf, loadAdapter } from "../../providers/src/exchanges/registry";
import { Breaker } from "../../providers/src/wire/breaker";
import { type Credentials, openClient } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import type { Transport } from "../../providers/src/wire/transport";
import { createWire } from "../../providers/src/wire/wire";
import { ask, type GoldenCall, type GoldenTime, readGolden } from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { instantTimer } from "./instant-timer";

/** No golden call needs more requests; an adapter that goes on asking while the answers are the same never ends. */
const ENDLESS = 50;

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** An answer and what it is given to. */
export interface GivenTo extends Answered {
  readonly method: string;
  readonly path: string;
}

/** The answer to a request, and whether it is the first, the second … */
export type Answering = (request: string, index: number) => Answered | undefined;

/** What a call came to. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  /** Method, URL and body of each request but those for the time. */
  readonly sent: readonly string[];
}

/** The answers one after the other, whatever is asked. */
export function inOrder(answers: readonly GivenTo[]): Answering {
  return (_, index) => answers[index];
}

/** To each of `requests` its answer. To another one what its place has given before, and else the last answer. */
export function byRequest(requests: readonly string[], answers: readonly GivenTo[]): Answering {
  return (request) => {
    const place = request.split(/[? ]/, 2).join(" ");
    const before = answers.find(({ method, path }) => place === `${method} ${path}`);
    return answers[requests.indexOf(request)] ?? before ?? answers.at(-1);
  };
}

/** The real adapter, wire and client of an exchange, which answers from memory. Everything is sent at one moment. */
export class MemoryExchange {
  readonly #id: string;
  readonly #time: GoldenTime;
  readonly #sent: string[] = [];
  #answering: Answering = () => undefined;

  constructor(id: string) {
    this.#id = id;
    this.#time = readGolden(id, "time");
  }

  /** @returns how to make a call before an exchange that answers so */
  async open(): Promise<(golden: GoldenCall, answering: Answering) => Promise<Outcome>> {
    const descriptor = descriptorOf(this.#id);
    const credential = credentialOf(readGolden<GoldenSignature>(this.#id, "signature"));
    const credentials: Credentials = Object.fromEntries(
      descriptor.credentials.map((field) => [field, new Secret(credential[field])]),
    );
    const now = (): number => this.#time.now;
    const transport = this.#transport;
    const client = await openClient({ descriptor, origin: "https://127.0.0.1", headers: {}, transport, now, credentials });
    const adapterOf = await loadAdapter(this.#id);
    return async (golden, answering) => {
      this.#sent.length = 0;
      this.#answering = answering;
      const timer = instantTimer();
      const parts = { client, limiter: new Limiter({}, 1, timer), breaker: new Breaker(), timer, now };
      const adapter = adapterOf(createWire({ exchange: this.#id, parentKey: credential.apiKey, ...parts }));
      const came = await ask(adapter, golden).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      return { ...came, sent: [...this.#sent] };
    };
  }

  readonly #transport: Transport = async (url, { method, body = "" }) => {
    const { pathname, search } = new URL(url);
    if (pathname === this.#time.path) return whole({ status: 200, body: JSON.stringify(this.#time.answer) });
    const request = `${method} ${pathname}${search} ${body}`;
    const index = this.#sent.push(request) - 1;
    if (index >= ENDLESS) throw new Error("it asks for ever");
    return whole(this.#answering(request, index) ?? { status: 404, body: "" });
  };
}

function whole({ status, body }: Answered) {
  return { status, statusText: "", headers: new Headers(), text: async () => body };
}

import type { Descriptor } from "../exchanges/descriptor";
import { Breaker, REST_MS } from "./breaker";
import { type Credentials, openClient } from "./ccxt";
import { Limiter, type Timer } from "./limiter";
import { createTransport, type TransportOptions } from "./transport";
import { type ClockedWire, createWire } from "./wire";

export interface ConnectOptions extends TransportOptions {
  readonly descriptor: Descriptor;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** Milliseconds since 1970, by our clock. */
  readonly now: () => number;
  readonly rateScale: number;
  readonly timer: Timer;
}

/** A wire of its own to one exchange, with its own limiter, clock difference and connections. Sends nothing yet. */
export async function connect(options: ConnectOptions): Promise<ClockedWire> {
  const { descriptor, credentials, timer, now } = options;
  const client = await openClient({ ...options, transport: createTransport(options) });
  const limiter = new Limiter({ ...descriptor.lanes?.value, ...descriptor.rates.value }, options.rateScale, timer);
  const parentKey = credentials.apiKey?.reveal();
  const breaker = new Breaker(REST_MS / options.rateScale);
  const named = parentKey === undefined ? {} : { parentKey };
  return createWire({ exchange: descriptor.id, ...named, client, limiter, breaker, timer, now });
}

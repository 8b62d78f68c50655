import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Agent, fetch } from "undici";
import type { BotRead } from "../sandbox/exchange";

/** What a bot knows: where the exchange is, and where it calls from. */
export interface Place {
  readonly exchange: string;
  readonly endpoint: string;
  /** What it asks there. */
  readonly read: BotRead;
  /** Path of the certificate to trust. */
  readonly ca: string;
  /** Source address; the machine's own choice when left out. */
  readonly address?: string;
}

/** Named as ccxt names them. */
export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly password?: string;
}

interface Client {
  urls: { api: unknown };
  milliseconds: () => number;
  seconds: () => number;
  request(path: string, api: string | readonly string[], method: string, params: object): Promise<unknown>;
}

/** A bot's session at an exchange: one client, whose connections stay. */
export interface Session {
  /** One signed call. @returns "accepted", or the name of ccxt's error */
  call(): Promise<string>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/**
 * One signed call, as a bot makes it with ccxt.
 * @param now milliseconds of the exchange's clock
 * @returns "accepted", or the name of ccxt's error
 */
export async function callBalance(credentials: Credentials, place: Place, now: () => number): Promise<string> {
  const session = await openSession(credentials, place, now);
  try {
    return await session.call();
  } finally {
    await session.close();
  }
}

/** @param now milliseconds of the exchange's clock */
export async function openSession(credentials: Credentials, place: Place, now: () => number): Promise<Session> {
  const { access, path, params } = place.read;
  const from = place.address === undefined ? {} : { localAddress: place.address };
  const dispatcher = new Agent({ connect: { ca: readFileSync(place.ca, "utf8") }, ...from });
  const client = await openClient(credentials, place, dispatcher);
  client.milliseconds = now;
  client.seconds = () => Math.floor(now() / 1000);
  return {
    call: async () => {
      try {
        await client.request(path, access, "GET", { ...params });
        return "accepted";
      } catch (error) {
        return error instanceof Error ? error.constructor.name : "unknown";
      }
    },
    close: () => dispatcher.close(),
  };
}

async function openClient(credentials: Credentials, place: Place, dispatcher: Agent): Promise<Client> {
  const file = join(dirname(require.resolve("ccxt")), "..", "js", "src", `${place.read.client ?? place.exchange}.js`);
  const { default: Exchange } = (await import(pathToFileURL(file).href)) as { default: new (settings: object) => Client };
  const client = new Exchange({
    ...credentials,
    enableRateLimit: false,
    fetchImplementation: (url: string, init: object) => fetch(url, { ...init, dispatcher }),
  });
  client.urls.api = pinned(client.urls.api, place.endpoint);
  return client;
}

function pinned(value: unknown, endpoint: string): unknown {
  if (typeof value === "string") return value.replace(/^https?:\/\/[^/]+/, endpoint);
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, inner]) => [name, pinned(inner, endpoint)]));
}

import type { SandboxClock } from "./clock";
import type { KeyEdit, NewKey } from "./control-schema";
import type { Proof } from "./former-key";
import type { Limiter } from "./limiter";
import type { Random } from "./random";
import type { SecretLedger } from "./secret-ledger";
import type { Standing } from "./standing";

/** What a request is about, in the words of the request log. */
export const OPERATIONS = [
  "issue",
  "list",
  "addresses",
  "set",
  "revoke",
  "inspect",
  "time",
  "read",
  "trade",
  "createSubAccount",
  "listSubAccounts",
  "products",
  "enable",
  "lock",
  "unknown",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** How far behind a list is: one change of that sub-account's keys, or what was true some milliseconds ago. */
export type Staleness = { readonly kind: "change" } | { readonly kind: "age"; readonly ms: number };

/** One request as an exchange sees it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** The text after `?`, exactly as it came over the wire. */
  readonly query: string;
  readonly headers: Headers;
  /** The exact text of the body. */
  readonly body: string;
  readonly callerAddress: string;
  /** Set by a fault: lists answer what was true earlier. */
  readonly stale?: Staleness;
}

export interface Answer {
  readonly status: number;
  /** The code in the envelope, as text. */
  readonly code: string;
  /** JSON, unless the headers say that a text is plain. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly operation: Operation;
  answer(call: Call): Answer;
}

/** Whom a request is from or about, as far as its public parts tell. */
export interface Party {
  readonly apiKey?: string | undefined;
  readonly subAccount?: string | undefined;
}

/** A key as the control port shows it: no secret. Times are ISO. */
export interface LivingKey {
  readonly exchange: string;
  readonly subAccount: string;
  readonly apiKey: string;
  readonly label: string;
  /** In the exchange's own words. */
  readonly permissions: unknown;
  /** Only where the exchange has a master switch over the permissions. */
  readonly readOnly?: 0 | 1;
  readonly ips: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Whether its calls are taken, as far as the key itself goes: its sub-account may be frozen. */
  readonly usable: boolean;
  readonly standing: Standing;
  readonly lastUsedAt: string | null;
}

/** A private read that a bot proves its key with, in the words of ccxt's `request`. */
export interface BotRead {
  /** ccxt's name for the exchange. @default its id */
  readonly client?: string;
  /** The part of the API, such as `private`. */
  readonly access: string | readonly string[];
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** One emulated exchange: what it answers on the wire, and what the control port may do to it. */
export interface Exchange {
  readonly id: string;
  readonly routes: readonly Route[];
  readonly botRead: BotRead;
  /** The answer to a method and path that is none of the routes. */
  notFound(): Answer;
  identify(call: Call): Party;
  /** Fields of the parent credential, by name: apiKey, secret, and passphrase where there is one. */
  credential(): Readonly<Record<string, string>>;
  /**
   * A second key of the main account with the rights of the first, as a person makes it on a page. Absent where no test replaces one.
   * @returns its credential
   */
  addParent?(): Readonly<Record<string, string>>;
  subAccounts(): readonly string[];
  addSubAccount(name: string): void;
  /** What a person, or the exchange, does on a page to what it goes by in {@link Exchange.subAccounts}. Only where lists tell. @throws ControlRefusal */
  freezeSubAccount?(subAccount: string, frozen: boolean): void;
  keys(): readonly LivingKey[];
  /** How a key proves itself that can be made again as it was in an earlier run. Absent where none can. */
  readonly takesFormerKeys?: readonly Proof[];
  /** A key made by a person on the web page. */
  addKey(key: NewKey): LivingKey;
  /** A change made by a person on the web page. @throws ControlRefusal */
  editKey(apiKey: string, edit: KeyEdit): LivingKey;
  /** @throws ControlRefusal */
  removeKey(apiKey: string): void;
  /** @throws ControlRefusal */
  editParent(edit: KeyEdit): void;
  /**
   * What a person, or the exchange, does to a key.
   * @param apiKey the parent's when left out
   * @returns false when nothing was done, because keys of this kind have no end here but by age
   * @throws ControlRefusal
   */
  setStanding?(apiKey: string | undefined, standing: Standing): boolean;
}

/** What every exchange of one sandbox shares. */
export interface World {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly limiter: Limiter;
  readonly ledger: SecretLedger;
}

/** What `exchanges/<id>/index.ts` exports as `open`. */
export type OpenExchange = (world: World) => Exchange;

import type { ErrorKind } from "../core/errors";
import type { KeyAlgorithm } from "../core/public-key";
import type { RequestFacts } from "../core/requests";
import type { Operation, Scope } from "../core/words";

/** A fact about an exchange: its value, where it was read, when, and whether a source settles it. */
export interface Fact<T> {
  readonly value: T;
  readonly source: string;
  /** ISO date on which the source was read. */
  readonly date: `${number}-${number}-${number}`;
  /** False where no source settles it. The docs then show a "?". */
  readonly confirmed: boolean;
  readonly note?: string;
}

/** `manual`: a person does it on a web page. `not yet`: the exchange can, this package does not so far. `unknown`: no source says. */
export type Support =
  | { readonly can: "unknown" }
  | { readonly can: "yes" | "not yet"; readonly source: string; readonly date: `${number}-${number}-${number}` }
  | {
      readonly can: "no" | "manual";
      readonly why: string;
      readonly source: string;
      readonly date: `${number}-${number}-${number}`;
    };

/** One flag of the exchange and every neutral scope a key gets with it. */
export interface Grant {
  readonly flag: string;
  readonly scopes: readonly Scope[];
  /** Other names that the exchange has for it, where a key tells of itself. */
  readonly aliases?: readonly string[];
}

/** What a label may look like. */
export interface LabelForm {
  readonly max: number;
  /** A regular expression source for one allowed character, such as `[A-Za-z0-9]`. */
  readonly characters: string;
  readonly unique: boolean;
}

/** How often an operation may be called when nothing else is. */
export interface OperationRate {
  readonly requests: number;
  readonly perMs: number;
  /** Operations of one pool use up one quota together, each by its own weight. */
  readonly pool?: string;
}

/** Hosts of one environment, by site. `global` is the default site. */
export type Hosts = Readonly<Record<string, string>>;

/**
 * Everything we claim about one exchange. Pure data: validation, docs and the test matrix read this and nothing else.
 */
export interface Descriptor {
  readonly id: string;
  /** ccxt's name for it, where two families of keys at one exchange share a client. @default the id */
  readonly client?: string;
  readonly title: string;
  /** Host names (no scheme) of each real environment, none where it has none. The sandbox is never here: its endpoints are given from outside. */
  readonly hosts: Readonly<Record<"testnet" | "production", Hosts>>;
  /** Headers that every request to the test network carries, where it shares its host with production. */
  readonly testnetHeaders?: Fact<Readonly<Record<string, string>>>;
  /** Fields of a parent credential. */
  readonly credentials: readonly ("apiKey" | "secret" | "passphrase")[];
  readonly operations: Readonly<Record<Operation, Support>>;
  readonly grants: Fact<readonly Grant[]>;
  /** Further flags that only a parent credential can carry. */
  readonly parentGrants: Fact<readonly Grant[]>;
  /** Scopes of a key that no read shows. They are said outright in every issue and set, and confirmed by the answer alone. */
  readonly unlisted?: Fact<readonly Scope[]>;
  /** What a parent credential does not tell about itself. Of hidden scopes only those are told that the answer proves. */
  readonly parentHides?: Fact<readonly ("isMaster" | "scopes" | "ipWhitelist")[]>;
  /** What can be changed without a new key. */
  readonly inPlace: Fact<{ readonly scopes: boolean; readonly ipWhitelist: boolean; readonly label: boolean }>;
  readonly limits: {
    readonly ipsPerKey: Fact<number>;
    /** Keys that one sub-account may hold. */
    readonly keysPerSubAccount: Fact<number>;
  };
  /** `none`: keys carry no text, so a sub-account with keys of ours must be declared `exclusive`. */
  readonly label: Fact<LabelForm | "none">;
  /** A regular expression source that a sub-account reference matches, and how to say it. */
  readonly subAccount: Fact<{ readonly pattern: string; readonly hint: string }>;
  /** Sub-accounts that can be listed and made by API. Absent where this package leaves them to a person. Their paces are `lanes`. */
  readonly subAccounts?: {
    /** A regular expression source that the name of a new one matches, and how to say it. Unique where a name that is taken is refused. */
    readonly name: Fact<{ readonly pattern: string; readonly hint: string; readonly unique: boolean }>;
    /** A note that a new one can be given. Absent where it is not given any. */
    readonly remark?: Fact<{ readonly max: number }>;
    /** The login password that a new one has to have, for exchanges that ask for one. It is made at random and kept by nobody. */
    readonly password?: Fact<{ readonly length: number; readonly sets: readonly string[] }>;
    /** What has to be enabled on a sub-account before its keys can get it. Absent where nothing has to be. */
    readonly products?: Fact<readonly Scope[]>;
    /** What no list tells of one: it is then taken for not frozen. */
    readonly hides?: Fact<readonly "frozen"[]>;
  };
  /** How a passphrase is made, for exchanges that ask the caller for one. */
  readonly passphrase?: Fact<{
    readonly length: number;
    readonly sets: readonly string[];
    /** True where changing or deleting a key asks for that key's passphrase, which is then sealed apart from its secret. */
    readonly toManage?: boolean;
  }>;
  /** Public keys of the caller that can be registered instead of having a secret made, each with the call that takes it. Absent where this package registers none. */
  readonly publicKeys?: Fact<readonly { readonly algorithm: KeyAlgorithm; readonly call: string }[]>;
  /** Lifetimes in days that a key can be given when it is issued, and the one given here. */
  readonly lifetimeDays?: Fact<{ readonly choices: readonly number[]; readonly chosen: number }>;
  /** Days after which a key without an IP whitelist stops working, if any. */
  readonly unboundExpiryDays?: Fact<number>;
  /** Hours after the right to withdraw is given, in which a key cannot withdraw yet. */
  readonly withdrawCooldownHours?: Fact<number>;
  /** IPv6 addresses and network segments in a whitelist. */
  readonly whitelistForms: Fact<{ readonly ipv6: boolean; readonly cidr: boolean }>;
  /** Milliseconds after which a change is seen by every later read. */
  readonly propagationMs: Fact<number>;
  /** The slowest pace at which an operation may be called by one parent. */
  readonly rates: Fact<Readonly<Record<Operation | "time", OperationRate>>>;
  /** Paces of calls that are part of an operation and have a limit of their own. */
  readonly lanes?: Fact<Readonly<Record<string, OperationRate>>>;
  /** How many requests a call takes here. Absent where no key is issued. `core/requests.ts` makes of it what an act on a key takes. */
  readonly requests?: Fact<RequestFacts>;
  /** Where an answer says whether it is a success: names of fields of the body. */
  readonly envelope: {
    readonly code: string;
    /** True where that field holds a list of codes, of which an empty one is a success, and a missing one is not. `success` holds the empty text then. */
    readonly listed?: true;
    /** Codes of success. The empty text stands for an HTTP 2xx answer that holds no code, and no body at all when it is a 204. */
    readonly success: readonly string[];
    /** Codes that say nothing: the HTTP status counts, as where there is no code. */
    readonly vague?: readonly string[];
    readonly result?: string;
    /** Name of a code in the items of `result`, for exchanges that refuse item by item. */
    readonly itemCode?: string;
  };
  /** Exchange code → our kind. Codes that are not here become `BadResponse`. A text with blanks is a code only if it is here. */
  readonly errors: Fact<Readonly<Record<string, ErrorKind>>>;
  /** What to do next, for codes whose kind does not say it. */
  readonly hints: Readonly<Record<string, string>>;
  /** Header that says when a rate limit ends: a time in seconds or milliseconds since 1970, or a countdown in milliseconds. */
  readonly rateResetHeader?: Fact<string>;
  /** Header, in lower case, in which an answer says what the exchange calls it: what its support asks for. */
  readonly requestIdHeader?: Fact<string>;
}

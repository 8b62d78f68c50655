import type { PublicKey } from "../core/public-key";
import type { Secret } from "../core/secret";
import type { ApiKeyId, Scope, SubAccountOperation } from "../core/words";
import type { Descriptor } from "./descriptor";

/** What a key shall be at the exchange. */
export interface KeySpec {
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** Where the descriptor has `lifetimeDays`: of a new key as declared, in a `set` the one it was issued with. */
  readonly lifetimeDays?: number;
  /** Empty means unbound, which check allows for read-only keys only. */
  readonly ipWhitelist: readonly string[];
  /** For exchanges whose descriptor has `passphrase`: chosen by us. In a `set`, the key's own, where it is needed to manage the key. */
  readonly passphrase?: Secret;
  /** To register instead of having a secret made. For exchanges whose descriptor has `publicKeys`, and in `issue` only. */
  readonly publicKey?: PublicKey;
}

/** What the exchange says about a key. */
export interface ObservedKey {
  readonly apiKey: ApiKeyId;
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** Flags that our scopes have no word for. Never empty silently: they are drift. */
  readonly unknownFlags: readonly string[];
  readonly ipWhitelist: readonly string[];
  /** ISO time. */
  readonly createdAt?: string;
  /** ISO time. Absent when the key does not expire. */
  readonly expiresAt?: string;
  /** True when the exchange lists the key but will never honour it again. */
  readonly expired: boolean;
  /** True when the exchange lists the key and does not serve it at present. It may be locked for a while, or ended without saying so. */
  readonly blocked?: boolean;
}

/** What a list shows of a key: its addresses only where no request of their own has to be sent for them. */
export type ListedKey = Omit<ObservedKey, "ipWhitelist"> & Partial<Pick<ObservedKey, "ipWhitelist">>;

/** Returned once, by `issue` only. The secret exists nowhere else. */
export interface IssuedKey {
  readonly apiKey: ApiKeyId;
  /** Absent where a public key was registered. */
  readonly secret?: Secret;
  readonly passphrase?: Secret;
}

/** What a parent credential says about itself. What it cannot say is in the descriptor's `parentHides`. */
export interface ParentFacts {
  /** Absent where an exchange does not tell. */
  readonly isMaster?: boolean;
  readonly scopes: readonly Scope[];
  /** The one sub-account that the credential acts for, where it is not a master's. */
  readonly subAccount?: string;
  readonly ipWhitelist: readonly string[];
  /** Where an exchange tells whether the key is bound to addresses, but not to which. */
  readonly ipBound?: boolean;
  /** Flags that our scopes have no word for, and restrictions to markets. Absent when there are none. */
  readonly unknownFlags?: readonly string[];
  /** What this answer does not tell, beyond the descriptor's `parentHides`: it depends on whose key asks. */
  readonly hides?: readonly "scopes"[];
  readonly createdAt?: string;
  /** ISO time. Absent when the key does not expire, or the exchange does not tell. */
  readonly expiresAt?: string;
}

/** What every exchange must do. Adapters translate and call. They never diff, retry, log, sleep, validate policy or read the environment. */
export interface KeyAdapter {
  readonly descriptor: Descriptor;
  /** Every key of a sub-account, every page, or throw. */
  list(subAccount: string): Promise<readonly ListedKey[]>;
  /**
   * A listed key with the addresses that its list does not show. Exists only where lists show none. `undefined` only when the exchange says that
   * the key is gone.
   */
  complete?(subAccount: string, key: ListedKey): Promise<ObservedKey | undefined>;
  /** One key by id. Exists only where `operations.find` is "yes". `undefined` only when the exchange says that it is gone. */
  find?(subAccount: string, apiKey: ApiKeyId): Promise<ObservedKey | undefined>;
  /** Not idempotent, never retried. @throws `OutcomeUnknown` when the answer was lost. */
  issue(subAccount: string, spec: KeySpec): Promise<IssuedKey>;
  /** Complete desired set of scopes and addresses, never a part. Idempotent. */
  set(subAccount: string, apiKey: ApiKeyId, spec: KeySpec): Promise<void>;
  /**
   * Idempotent: revoking a missing key succeeds.
   * @param passphrase the key's own, on exchanges whose descriptor says that it is needed to manage the key
   */
  revoke(subAccount: string, apiKey: ApiKeyId, passphrase?: Secret): Promise<void>;
  /** The parent credential about itself. */
  inspectParent(): Promise<ParentFacts>;
  /** Exists only where the descriptor speaks of sub-accounts. */
  readonly subAccounts?: SubAccountAdapter;
}

/** What an exchange says about a sub-account. */
export interface ObservedSubAccount {
  /** What keys of it are asked for by: the `subAccount` of an ApiKey. */
  readonly id: string;
  readonly name: string;
  /** The exchange's own number, where that is not the id. */
  readonly uid?: string;
  /** True when it may not do anything at present. */
  readonly frozen: boolean;
  /** Of the descriptor's `products`. Absent where none has to be enabled. */
  readonly products?: readonly Scope[];
}

/** A sub-account to make. */
export interface NewSubAccount {
  readonly name: string;
  /** What a person shall read beside it. Only where the descriptor has `remark`. */
  readonly remark?: string;
  /** Made by the rules of the descriptor's `password`, exactly where it has one. Kept by nobody. */
  readonly password?: Secret;
}

/** Sub-accounts of one parent. */
export interface SubAccountAdapter {
  /** All of them, every page, or throw. */
  list(): Promise<readonly ObservedSubAccount[]>;
  /** Not idempotent, never retried. What the answer does not tell is left out. @throws `OutcomeUnknown` when the answer was lost. */
  create(wanted: NewSubAccount): Promise<ObservedSubAccount>;
  /**
   * One of the descriptor's `products`. Exists only where it names some. Repeated without harm, but what is enabled may be refused:
   * only the list says what is.
   */
  enable?(subAccount: ObservedSubAccount, product: Scope): Promise<void>;
}

/** The one way out to an exchange. It signs, limits, times out, retries what is safe, and turns refusals into typed errors. */
export interface Wire {
  /** Public id of the parent credential that signs: some exchanges show it only among others. */
  readonly parentKey?: ApiKeyId;
  /** The whole decoded body of a successful answer. @throws KeyError */
  call(request: WireRequest): Promise<unknown>;
}

export interface WireRequest {
  readonly operation: (Descriptor["rates"]["value"] extends Readonly<Record<infer O, unknown>> ? O : never) | SubAccountOperation;
  /** One of the descriptor's `lanes`, whose pace this call keeps. @default the operation's own */
  readonly lane?: string;
  /** As ccxt names the part of its API: `private`, or a path of names such as `["private", "subAccounts"]`. */
  readonly access: string | readonly string[];
  readonly method: "GET" | "POST" | "DELETE" | "PUT";
  /** As ccxt names it, without leading slash: `v5/user/sub-apikeys`. */
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** True for reads and for sets that can be repeated without harm. */
  readonly safe: boolean;
}

/** Keeps nothing and sends nothing: an adapter may be opened for a single call. */
export type OpenAdapter = (wire: Wire) => KeyAdapter;

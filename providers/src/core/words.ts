/** The words of this product, one for one thing. Nothing here knows an exchange. */

/** The program of this package where it is installed. Elsewhere plain `npx` would fetch whatever package has that name. */
export const PROGRAM = "npx --no-install exchange-keys";

/** Where keys live. `sandbox` reaches loopback hosts only. The others reach the hosts a descriptor names, and nothing else. */
export const ENVIRONMENTS = ["sandbox", "testnet", "production"] as const;
/** One of the places where keys live. */
export type Environment = (typeof ENVIRONMENTS)[number];

/**
 * Neutral scopes. `read` sees balances and orders. The trade scopes (`spot`, `margin`, `futures`, `options`) place orders.
 * `borrow` takes and repays margin loans where an exchange grants that apart from `margin`, which holds it elsewhere.
 * `transfer` moves funds between own wallets, `convert` and `earn` use those products, `withdraw` moves funds out.
 */
export const SCOPES = [
  "read",
  "spot",
  "margin",
  "futures",
  "options",
  "borrow",
  "transfer",
  "convert",
  "earn",
  "withdraw",
] as const;
/** One neutral right of a key. */
export type Scope = (typeof SCOPES)[number];

export const TRADE_SCOPES: readonly Scope[] = ["spot", "margin", "futures", "options"];

/** What can be asked of an exchange about keys. */
export const OPERATIONS = ["issue", "list", "find", "set", "revoke", "inspectParent"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What can be asked of an exchange about sub-accounts, where its descriptor speaks of them. */
export type SubAccountOperation = "listSubAccounts" | "createSubAccount" | "enableSubAccount";

/** A public key id of an exchange: not a secret. */
export type ApiKeyId = string;

/** Who a key belongs to. Authenticated inside every sealed version and used as the KMS encryption context. */
export interface Identity {
  readonly owner: string;
  readonly bot: string;
  readonly exchange: string;
  readonly account: string;
  readonly subAccount: string;
  readonly name: string;
}

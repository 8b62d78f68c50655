import { join } from "node:path";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Scope } from "../../providers/src/core/words";
import { descriptorOf } from "../../providers/src/exchanges/registry";

/** One entry of `desk:keys`. */
export interface DeclaredKey {
  readonly account: string;
  readonly subAccount: string;
  readonly name?: string;
  readonly bot: string;
  readonly purpose: string;
  readonly scopes: readonly string[];
  /** A name in `desk:addresses`. */
  readonly addresses: string;
  readonly rotate?: { readonly every: string; readonly overlap: string; readonly trigger?: string };
  readonly exclusive?: boolean;
  readonly lifetime?: string;
  readonly publicKey?: string;
}

export type DeclaredKeys = Readonly<Record<string, DeclaredKey>>;

const common = { bot: "mm-1", purpose: "market-making", addresses: "market-making" };

/** The narrowest trading key that each exchange can make. */
export function bybitKey(subAccount = "100001"): DeclaredKey {
  return { ...common, account: "bybit-main", subAccount, scopes: trading("bybit") };
}

export function okxKey(subAccount = "mmbot001"): DeclaredKey {
  return { ...common, account: "okx-main", subAccount, scopes: trading("okx") };
}

function trading(exchange: string): readonly Scope[] {
  const plan = effectiveScopes(descriptorOf(exchange).grants.value, ["read", "spot"]);
  return plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions];
}

/** Where bots call from, by name. The second is for address changes. */
export const ADDRESSES = { "market-making": ["127.0.10.1"], arbitrage: ["127.0.10.2"] };

/** A stack file for `keys` whose documents and sealing key are in `folder`. `changes` replace whole entries. */
export function stackFile(folder: string, keys: DeclaredKeys, changes: Readonly<Record<string, unknown>> = {}): object {
  const config = {
    "exchange-keys:environment": "sandbox",
    "exchange-keys:owner": "test-desk",
    "exchange-keys:accounts": {
      "bybit-main": {
        exchange: "bybit",
        credentials: { apiKey: "env:SANDBOX_BYBIT_API_KEY", secret: "env:SANDBOX_BYBIT_SECRET" },
      },
      "okx-main": {
        exchange: "okx",
        credentials: {
          apiKey: "env:SANDBOX_OKX_API_KEY",
          secret: "env:SANDBOX_OKX_SECRET",
          passphrase: "env:SANDBOX_OKX_PASSPHRASE",
        },
      },
    },
    "desk:publish": join(folder, "documents"),
    "desk:seal": `local://${join(folder, "sealing.key")}`,
    "desk:addresses": ADDRESSES,
    "desk:keys": keys,
    ...changes,
  };
  // Of the passphrase "sandbox": the stack holds no secret.
  return { config, encryptionsalt: "v1:0NEzQ4vh7Dc=:v1:A2YAn4//TkDlRqG1:hDyufMVKLtUvNBIEIlQ+BugEAuaP5A==" };
}

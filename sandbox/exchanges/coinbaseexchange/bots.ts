import { randomUUID } from "node:crypto";
import type { BotRead } from "../../exchange";
import { type Endpoint, type Request, readBody } from "./guard";
import type { ExchangeKey, ExchangeState } from "./state";

/** Its balances. */
export const BOT_READ: BotRead = { access: "private", path: "accounts", params: {} };

const CURRENCIES = ["BTC", "ETH", "USD"];

/** The calls a bot proves its key with: to read and to trade. Nothing tells about keys. */
export function botEndpoints(state: ExchangeState): readonly Endpoint[] {
  const rate = { requests: 15, perMs: 1000, pool: "private" };
  return [
    {
      method: "GET",
      path: "/accounts",
      operation: "read",
      rate: { requests: 25, perMs: 1000, pool: "accounts" },
      needs: ["view", "trade"],
      handle: ({ key }) => readAccounts(key, state),
    },
    { method: "POST", path: "/orders", operation: "trade", rate, needs: ["trade"], handle: placeOrder },
  ];
}

/** Those of the key's own profile, in any order. */
function readAccounts(key: ExchangeKey, state: ExchangeState): readonly unknown[] {
  const nothing = { balance: "0.0000000000000000", hold: "0.0000000000000000", available: "0" };
  const rest = { ...nothing, profile_id: state.profileOf(key), trading_enabled: true };
  return state.world.random.shuffle(CURRENCIES).map((currency) => ({ id: randomUUID(), currency, ...rest }));
}

/** Nothing is traded: the permission is all that is checked. */
function placeOrder(request: Request): unknown {
  const { product_id, side } = readBody(request, ["product_id", "side"]);
  return { id: randomUUID(), product_id, side, status: "pending", settled: false };
}

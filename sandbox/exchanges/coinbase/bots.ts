import { randomUUID } from "node:crypto";
import type { BotRead } from "../../exchange";
import { type Endpoint, type Request, readBody } from "./guard";
import type { CoinbaseKey, CoinbaseState } from "./state";

/** Its balances. */
export const BOT_READ: BotRead = { access: ["v3", "private"], path: "brokerage/accounts", params: {} };

/** What a key can ask about itself, and the two calls a bot proves its key with. */
export function botEndpoints(state: CoinbaseState): readonly Endpoint[] {
  const folder = "/api/v3/brokerage";
  return [
    { method: "GET", path: `${folder}/key_permissions`, operation: "inspect", handle: ({ key }) => describeSelf(key, state) },
    {
      method: "GET",
      path: `${folder}/accounts`,
      operation: "read",
      needs: "view",
      handle: () => ({ accounts: [], has_next: false, cursor: "", size: 0 }),
    },
    { method: "POST", path: `${folder}/orders`, operation: "trade", needs: "trade", handle: placeOrder },
  ];
}

/** A field of the newer documents is there or not. */
function describeSelf({ perms, subAccount }: CoinbaseKey, { defaultPortfolio, world }: CoinbaseState): unknown {
  const receives = perms.includes("receive");
  return {
    can_view: perms.includes("view"),
    can_trade: perms.includes("trade"),
    can_transfer: perms.includes("transfer"),
    ...(receives || world.random.chance() ? { can_receive: receives } : {}),
    portfolio_uuid: subAccount ?? defaultPortfolio,
    portfolio_type: subAccount === undefined ? "DEFAULT" : "CONSUMER",
  };
}

/** Nothing is traded: the permission is all that is checked. */
function placeOrder(request: Request): unknown {
  const order = readBody(request, ["client_order_id", "product_id", "side", "order_configuration"]);
  const { client_order_id, product_id, side, order_configuration } = order;
  return { success: true, success_response: { order_id: randomUUID(), product_id, side, client_order_id }, order_configuration };
}

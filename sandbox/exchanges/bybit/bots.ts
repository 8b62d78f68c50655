import { randomUUID } from "node:crypto";
import type { BotRead } from "../../exchange";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { has } from "./permissions";

/** Its balance. */
export const BOT_READ: BotRead = { access: "private", path: "v5/account/wallet-balance", params: { accountType: "UNIFIED" } };

/** What trades each product. */
const PRODUCTS: Readonly<Record<string, readonly (readonly [group: string, word: string])[]>> = {
  spot: [["Spot", "SpotTrade"]],
  linear: [
    ["ContractTrade", "Order"],
    ["Derivatives", "DerivativesTrade"],
  ],
  inverse: [["ContractTrade", "Order"]],
  option: [["Options", "OptionsTrade"]],
};

/** The two calls a bot proves its key with. */
export function botEndpoints(): readonly Endpoint[] {
  const access = "any" as const;
  return [
    { method: "GET", path: "/v5/account/wallet-balance", operation: "read", access, perSecond: 50, handle: balance },
    { method: "POST", path: "/v5/order/create", operation: "trade", access, perSecond: 10, handle: order },
  ];
}

function balance({ params }: Request): unknown {
  const { accountType } = params;
  if (accountType !== "UNIFIED") throw refuse("parameter", "accountType only support UNIFIED.");
  return { list: [{ accountType, totalEquity: "0", totalWalletBalance: "0", coin: [] }] };
}

/** Nothing is traded: the permission is all that is checked. */
function order({ key, params }: Request): unknown {
  const grants = typeof params.category === "string" ? PRODUCTS[params.category] : undefined;
  if (grants === undefined) throw refuse("parameter", "category is invalid");
  if (key.readOnly === 1 || !grants.some(([group, word]) => has(key.permissions, group, word))) {
    throw refuse("permission", "Permission denied, please check your API key permissions.");
  }
  return { orderId: randomUUID(), orderLinkId: typeof params.orderLinkId === "string" ? params.orderLinkId : "" };
}

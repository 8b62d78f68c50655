import { randomInt } from "node:crypto";
import type { BotRead } from "../../exchange";
import { type Endpoint, type Request, required } from "./guard";
import { type Flag, ownFields } from "./permissions";
import type { BrokerKey, BrokerState } from "./state";

/** Its balance. */
export const BOT_READ: BotRead = { client: "binance", access: "private", path: "account", params: {} };

/** One act of each flag, and what it has to say. The real exchange has a host of its own for futures. */
const ACTS: readonly { readonly path: string; readonly needs: Flag; readonly says: readonly string[] }[] = [
  { path: "/api/v3/order", needs: "canTrade", says: ["symbol", "side", "type"] },
  { path: "/sapi/v1/margin/order", needs: "canTrade", says: ["symbol", "side", "type"] },
  { path: "/sapi/v1/margin/borrow-repay", needs: "marginTrade", says: ["asset", "amount", "type"] },
  { path: "/fapi/v1/order", needs: "futuresTrade", says: ["symbol", "side", "type"] },
  { path: "/sapi/v1/asset/transfer", needs: "canUniversalTransfer", says: ["type", "asset", "amount"] },
];

/** What a key can ask about itself, and the calls a bot proves its key with. */
export function botEndpoints(state: BrokerState): readonly Endpoint[] {
  const get = { method: "GET", weight: { of: "address", weight: 1 } } as const;
  return [
    {
      ...get,
      path: "/sapi/v1/account/apiRestrictions",
      operation: "inspect",
      reads: [],
      handle: ({ key }) => describeSelf(key),
    },
    { ...get, path: "/api/v3/account", operation: "read", handle: ({ key }) => readAccount(key, state) },
    ...ACTS.map(
      ({ path, needs, says }): Endpoint => ({
        method: "POST",
        path,
        operation: "trade",
        needs,
        weight: { of: "address", weight: 1 },
        handle: (request) => act(request, says),
      }),
    ),
  ];
}

/** It tells neither addresses nor name nor id. */
function describeSelf(key: BrokerKey): unknown {
  return { ipRestrict: key.bound, createTime: key.createdAt, ...ownFields(key.flags) };
}

function readAccount(key: BrokerKey, state: BrokerState): unknown {
  return {
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    updateTime: state.world.clock.now(),
    accountType: "SPOT",
    balances: [],
    permissions: ["SPOT"],
    uid: state.uidOf(key),
  };
}

/** Nothing is traded or moved: the permission is all that is checked. */
function act(request: Request, says: readonly string[]): unknown {
  for (const name of says) required(request, name);
  const id = randomInt(1_000_000_000);
  return { symbol: request.params.get("symbol"), orderId: id, tranId: id };
}

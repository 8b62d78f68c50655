import { randomInt } from "node:crypto";
import type { BotRead } from "../../exchange";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { facts } from "./keys";
import type { KucoinKey, KucoinState } from "./state";

/** Its balance. */
export const BOT_READ: BotRead = { access: "private", path: "accounts", params: {} };

/** What a key can ask about itself, and the calls a bot proves its key with. Futures have a host of their own, which is not here. */
export function botEndpoints(state: KucoinState): readonly Endpoint[] {
  const get = { method: "GET", pool: "management", needs: "General", masterOnly: false } as const;
  const order = { method: "POST", operation: "trade", pool: "spot", masterOnly: false } as const;
  const place = (request: Request) => placeOrder(request, state);
  return [
    { ...get, path: "/api/v1/user/api-key", operation: "inspect", weight: 20, handle: ({ key }) => describeSelf(key, state) },
    { ...get, path: "/api/v1/accounts", operation: "read", weight: 5, handle: () => balances() },
    { ...order, path: "/api/v1/hf/orders", weight: 1, needs: "Spot", handle: place },
    { ...order, path: "/api/v3/hf/margin/order", weight: 2, needs: "Margin", handle: place },
    {
      ...order,
      path: "/api/v3/accounts/universal-transfer",
      pool: "management",
      weight: 4,
      needs: "InnerTransfer",
      handle: (request) => transfer(request, state),
    },
  ];
}

function describeSelf(key: KucoinKey, state: KucoinState): unknown {
  const owner = key.subAccount === undefined ? {} : { subName: key.subAccount, parentUid: state.masterUid };
  return { ...facts(key, state), ...owner, expiredAt: key.expiresAt ?? null };
}

function balances(): readonly unknown[] {
  const types = ["main", "trade"];
  return types.map((type, index) => ({ id: String(index), currency: "USDT", type, balance: "0", available: "0", holds: "0" }));
}

/** Nothing is traded: the permission is all that is checked. */
function placeOrder({ params }: Request, state: KucoinState): unknown {
  requireTexts(params, ["clientOid", "symbol", "side", "type"]);
  return { orderId: orderId(state), clientOid: params.clientOid };
}

/** Nothing is moved either. */
function transfer({ params }: Request, state: KucoinState): unknown {
  requireTexts(params, ["clientOid", "type", "currency", "amount", "fromAccountType", "toAccountType"]);
  return { orderId: orderId(state) };
}

function orderId(state: KucoinState): string {
  return `${state.world.clock.now()}${randomInt(100_000, 1_000_000)}`;
}

function requireTexts(params: Request["params"], names: readonly string[]): void {
  const missing = names.find((name) => typeof params[name] !== "string" || params[name] === "");
  if (missing !== undefined) throw refuse("parameter", `${missing} is invalid`);
}

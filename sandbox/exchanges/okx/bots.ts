import { randomInt } from "node:crypto";
import type { BotRead } from "../../exchange";
import { type Endpoint, optional, type Request, required } from "./guard";
import { permText } from "./permissions";
import type { OkxKey, OkxState } from "./state";

/** Its balance. */
export const BOT_READ: BotRead = { access: "private", path: "account/balance", params: {} };

/** What a key can ask about itself, and the two calls a bot proves its key with. */
export function botEndpoints(state: OkxState): readonly Endpoint[] {
  const get = { method: "GET", writes: false, ipBound: false } as const;
  const balance = () => readBalance(state);
  return [
    {
      ...get,
      path: "/api/v5/account/config",
      operation: "inspect",
      rate: { requests: 5, perMs: 2000 },
      handle: ({ key }) => [describeSelf(key, state)],
    },
    { ...get, path: "/api/v5/account/balance", operation: "read", rate: { requests: 10, perMs: 2000 }, handle: balance },
    {
      method: "POST",
      path: "/api/v5/trade/order",
      operation: "trade",
      rate: { requests: 60, perMs: 2000 },
      writes: true,
      ipBound: false,
      handle: (request) => placeOrder(request, state),
    },
  ];
}

function describeSelf(key: OkxKey, state: OkxState): unknown {
  return {
    uid: state.uidOf(key),
    mainUid: state.masterUid,
    type: key.subAccount === undefined ? "0" : "1",
    label: key.label,
    ip: key.ips.join(","),
    perm: permText(key.perm, state.world.random),
    kycLv: "3",
    acctLv: "2",
    posMode: "net_mode",
    autoLoan: false,
    level: "Lv1",
    roleType: "0",
  };
}

function readBalance(state: OkxState): readonly unknown[] {
  return [{ uTime: String(state.world.clock.now()), totalEq: "0", details: [] }];
}

/** Nothing is traded: the permission is all that is checked. */
function placeOrder(request: Request, state: OkxState): readonly unknown[] {
  for (const name of ["instId", "tdMode", "side", "ordType", "sz"]) required(request, name);
  const ordId = `${state.world.clock.now()}${randomInt(100_000, 1_000_000)}`;
  const ts = String(state.world.clock.now());
  return [{ ordId, clOrdId: optional(request, "clOrdId") ?? "", tag: "", ts, sCode: "0", sMsg: "" }];
}

import { randomInt } from "node:crypto";
import type { BotRead } from "../../exchange";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { OTHER_RATE } from "./keys";
import type { GateState } from "./state";

/** Its balance. */
export const BOT_READ: BotRead = { access: ["private", "spot"], path: "accounts", params: {} };

/** The calls a bot proves its key with: to read and to trade, in two groups of permissions. */
export function botEndpoints(state: GateState): readonly Endpoint[] {
  const read = { method: "GET", operation: "read", rate: OTHER_RATE, mainOnly: false } as const;
  const trade = { method: "POST", operation: "trade", mainOnly: false, creates: true } as const;
  const spot = ["currency_pair", "side", "amount"];
  const futures = ["contract", "size"];
  return [
    { ...read, path: "/api/v4/spot/accounts", group: "spot", handle: () => [spotBalance()] },
    { ...read, path: "/api/v4/futures/usdt/accounts", group: "futures", handle: () => ({ total: "0", currency: "USDT" }) },
    {
      ...trade,
      path: "/api/v4/spot/orders",
      group: "spot",
      rate: { requests: 10, perMs: 1000 },
      handle: (request) => ({ ...order(request, spot, state), status: "open" }),
    },
    {
      ...trade,
      path: "/api/v4/futures/usdt/orders",
      group: "futures",
      rate: { requests: 100, perMs: 1000 },
      handle: (request) => ({ ...order(request, futures, state), status: "open" }),
    },
  ];
}

function spotBalance(): unknown {
  return { currency: "USDT", available: "0", locked: "0", update_id: 1 };
}

/** Nothing is traded: the permission is all that is checked. */
function order({ params }: Request, names: readonly string[], state: GateState): { readonly id: string } {
  const missing = names.find((name) => params[name] === undefined);
  if (missing !== undefined) throw refuse("parameterMissing", `missing required param: ${missing}`);
  return { id: `${state.world.clock.now()}${randomInt(1000)}` };
}

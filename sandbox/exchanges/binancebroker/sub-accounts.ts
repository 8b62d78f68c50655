import { type Endpoint, type Request, required } from "./guard";
import { accountOf } from "./keys";
import { illegal } from "./signature";
import type { BrokerState, SubAccount } from "./state";

const LONGEST_TAG = 32;

export function subAccountEndpoints(state: BrokerState): readonly Endpoint[] {
  const common = { masterOnly: true, weight: { of: "address", weight: 1 } } as const;
  const path = "/sapi/v1/broker/subAccount";
  const enable = (product: "futures" | "margin") => (request: Request) => enableProduct(request, product, state);
  return [
    {
      ...common,
      method: "POST",
      path,
      operation: "createSubAccount",
      reads: ["tag"],
      handle: (request) => create(request, state),
    },
    {
      ...common,
      method: "GET",
      path,
      operation: "listSubAccounts",
      reads: ["subAccountId", "page", "size"],
      handle: (request) => list(request, state),
    },
    {
      ...common,
      method: "POST",
      path: `${path}/futures`,
      operation: "enable",
      reads: ["subAccountId", "futures"],
      handle: enable("futures"),
    },
    {
      ...common,
      method: "POST",
      path: `${path}/margin`,
      operation: "enable",
      reads: ["subAccountId", "margin"],
      handle: enable("margin"),
    },
  ];
}

function create({ params }: Request, state: BrokerState): unknown {
  const tag = params.get("tag") ?? "";
  if (tag.length >= LONGEST_TAG) throw illegal("tag");
  const { id, email } = state.addSubAccount(String(Math.floor(state.world.random.next() * 1e15)), {
    futures: false,
    margin: false,
  });
  return { subaccountId: id, email, tag };
}

function list(request: Request, state: BrokerState): unknown {
  const all = request.params.has("subAccountId") ? [accountOf(request, state)] : [...state.subAccounts.values()];
  return all.map(toRow);
}

/** Enabled for ever: only true can be said. */
function enableProduct(request: Request, product: "futures" | "margin", state: BrokerState): unknown {
  const account = { ...accountOf(request, state), [product]: true };
  if (required(request, product) !== "true") throw illegal(product);
  state.subAccounts.set(account.id, account);
  const field = product === "futures" ? "enableFutures" : "enableMargin";
  return { subaccountId: account.id, [field]: true, updateTime: state.world.clock.now() };
}

function toRow({ id, email, createdAt }: SubAccount): unknown {
  return { subaccountId: id, email, tag: "", makerCommission: "0.001", takerCommission: "0.001", createTime: createdAt };
}

import { refuse } from "./errors";
import { type Endpoint, type Request, required, whole } from "./guard";
import { accountOf } from "./keys";
import { illegal } from "./signature";
import type { BrokerState, SubAccount } from "./state";

/** Nothing is documented about tags, so the most cautious client must be right. */
const TAG = /^(?:[A-Za-z][A-Za-z0-9]{0,19})?$/;

const PAGED = ["subAccountId", "page", "size"];
const LARGEST_PAGE = 500;
const LARGEST_ASSET_PAGE = 20;

const PATH = "/sapi/v1/broker/subAccount";
const COMMON = { masterOnly: true, weight: { of: "address", weight: 1 } } as const;

export function subAccountEndpoints(state: BrokerState): readonly Endpoint[] {
  return [
    {
      ...COMMON,
      method: "POST",
      path: PATH,
      operation: "createSubAccount",
      reads: ["tag"],
      handle: (request) => create(request, state),
    },
    {
      ...COMMON,
      method: "GET",
      path: PATH,
      operation: "listSubAccounts",
      reads: PAGED,
      handle: (request) => list(request, state),
    },
    ...summaries(state),
    enabling("futures", state),
    enabling("margin", state),
  ];
}

/** Balances, with what is enabled. */
function summaries(state: BrokerState): readonly Endpoint[] {
  const common = { ...COMMON, method: "GET", operation: "products" } as const;
  return [
    {
      ...common,
      path: `${PATH}/marginSummary`,
      reads: PAGED,
      handle: (request) => summary(request, state, ({ margin }) => ({ marginEnable: margin })),
    },
    {
      ...common,
      path: `${PATH.replace("v1", "v3")}/futuresSummary`,
      weight: { of: "account", weight: 60 },
      reads: [...PAGED, "futuresType"],
      handle: (request) => futuresSummary(request, state),
    },
  ];
}

function enabling(product: "futures" | "margin", state: BrokerState): Endpoint {
  return {
    ...COMMON,
    method: "POST",
    path: `${PATH}/${product}`,
    operation: "enable",
    reads: ["subAccountId", product],
    handle: (request) => enableProduct(request, product, state),
  };
}

function create({ params }: Request, state: BrokerState): unknown {
  const tag = params.get("tag") ?? "";
  if (!TAG.test(tag)) throw illegal("tag");
  const number = String(Math.floor(1e14 + state.world.random.next() * 8e14));
  const { id, email } = state.addSubAccount(number, { tag, futures: false, margin: false });
  return { subaccountId: id, email, tag };
}

function list(request: Request, state: BrokerState): unknown {
  return page(request, state, { largest: LARGEST_PAGE, usual: LARGEST_PAGE }).map(toRow);
}

/** Where nobody is named the size of a page has to be. */
function summary(request: Request, state: BrokerState, show: (account: SubAccount) => object): unknown {
  if (!request.params.has("subAccountId")) required(request, "size");
  const found = page(request, state, { largest: LARGEST_ASSET_PAGE, usual: 10 });
  return {
    data: found.map((account) => ({ ...show(account), subAccountId: account.id })),
    timestamp: state.world.clock.now(),
  };
}

function futuresSummary(request: Request, state: BrokerState): unknown {
  required(request, "futuresType");
  whole(request, "futuresType", { least: 1, most: 2, usual: 0 });
  return summary(request, state, ({ futures }) => ({ futuresEnable: futures }));
}

function page(
  request: Request,
  state: BrokerState,
  { largest, usual }: { largest: number; usual: number },
): readonly SubAccount[] {
  const all = request.params.has("subAccountId") ? [accountOf(request, state)] : [...state.subAccounts.values()];
  const number = whole(request, "page", { least: 1, most: 1_000_000, usual: 1 });
  const size = whole(request, "size", { least: 1, most: largest, usual });
  return all.slice((number - 1) * size, number * size);
}

/** Enabled for ever: only true can be said. How one that is enabled already is answered is not documented: this way or that. */
function enableProduct(request: Request, product: "futures" | "margin", state: BrokerState): unknown {
  const account = accountOf(request, state);
  if (required(request, product) !== "true") throw illegal(product);
  if (account[product] && state.world.random.chance()) throw refuse("unsupported", "The product is enabled already.");
  state.subAccounts.set(account.id, { ...account, [product]: true });
  const field = product === "futures" ? "enableFutures" : "enableMargin";
  return { subaccountId: account.id, [field]: true, updateTime: state.world.clock.now() };
}

function toRow({ id, email, tag, createdAt }: SubAccount): unknown {
  return { subaccountId: id, email, tag, makerCommission: "0.001", takerCommission: "0.001", createTime: createdAt };
}

import { refuse } from "./errors";
import { type Endpoint, type Request, required, whole } from "./guard";
import { accountOf } from "./keys";
import type { BinanceState, SubAccount } from "./state";

const NAME = /^[A-Za-z0-9_]{1,20}$/;

export function subAccountEndpoints(state: BinanceState): readonly Endpoint[] {
  const common = { masterOnly: true, weight: { of: "address", weight: 1 } } as const;
  const folder = "/sapi/v1/sub-account";
  const enable = (product: "futures" | "margin") => (request: Request) => enableProduct(request, product, state);
  const one = ["email"];
  return [
    {
      ...common,
      method: "POST",
      path: `${folder}/virtualSubAccount`,
      operation: "createSubAccount",
      reads: ["subAccountString"],
      handle: (request) => createSubAccount(request, state),
    },
    {
      ...common,
      method: "GET",
      path: `${folder}/list`,
      operation: "listSubAccounts",
      reads: ["email", "isFreeze", "page", "limit"],
      handle: (request) => listSubAccounts(request, state),
    },
    {
      ...common,
      method: "GET",
      path: `${folder}/status`,
      operation: "products",
      weight: { of: "address", weight: 10 },
      reads: one,
      handle: (request) => listProducts(request, state),
    },
    { ...common, method: "POST", path: `${folder}/futures/enable`, operation: "enable", reads: one, handle: enable("futures") },
    { ...common, method: "POST", path: `${folder}/margin/enable`, operation: "enable", reads: one, handle: enable("margin") },
  ];
}

function createSubAccount(request: Request, state: BinanceState): unknown {
  const name = required(request, "subAccountString");
  if (!NAME.test(name)) throw refuse("illegal", "Illegal characters found in parameter 'subAccountString'.");
  const email = `${name}_virtual@${Math.floor(state.world.random.next() * 1e8)}noemail.com`;
  return { email: state.addSubAccount(email, { futures: false, margin: false }).email };
}

function listSubAccounts(request: Request, state: BinanceState): unknown {
  const page = whole(request, "page", { least: 1, most: 1_000_000, usual: 1 });
  const limit = whole(request, "limit", { least: 1, most: 200, usual: 1 });
  const email = request.params.get("email");
  // None is ever frozen here.
  const found = [...state.subAccounts.values()].filter((account) => email === undefined || account.email === email);
  const shown = request.params.get("isFreeze") === "true" ? [] : found;
  return { subAccounts: shown.slice((page - 1) * limit, page * limit).map(toRow) };
}

function listProducts(request: Request, state: BinanceState): unknown {
  const all = request.params.has("email") ? [accountOf(request, state)] : [...state.subAccounts.values()];
  return all.map(({ email, createdAt, margin, futures }) => ({
    email,
    isSubUserEnabled: true,
    isUserActive: true,
    insertTime: createdAt,
    isMarginEnabled: margin,
    isFutureEnabled: futures,
    mobile: 0,
  }));
}

/** Enabled for ever. */
function enableProduct(request: Request, product: "futures" | "margin", state: BinanceState): unknown {
  const account = { ...accountOf(request, state), [product]: true };
  state.subAccounts.set(account.email, account);
  return { email: account.email, [product === "futures" ? "isFuturesEnabled" : "isMarginEnabled"]: true };
}

function toRow({ uid, email, createdAt }: SubAccount): unknown {
  return {
    subUserId: uid,
    email,
    remark: "",
    isFreeze: false,
    createTime: createdAt,
    isManagedSubAccount: false,
    isAssetManagementSubAccount: false,
  };
}

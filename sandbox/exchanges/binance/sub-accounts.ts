import { refuse } from "./errors";
import { type Endpoint, type Request, required, whole } from "./guard";
import { accountOf } from "./keys";
import type { BinanceState, SubAccount } from "./state";

/** Nothing is documented about names, so the most cautious client must be right. */
const NAME = /^[a-z][a-z0-9]{5,19}$/;

export function subAccountEndpoints(state: BinanceState): readonly Endpoint[] {
  const common = { masterOnly: true, weight: { of: "address", weight: 1 } } as const;
  const folder = "/sapi/v1/sub-account";
  const enable = (request: Request) => enableFutures(request, state);
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
    // Margin is enabled by a first transfer: its call was removed on 2025-06-03.
    { ...common, method: "POST", path: `${folder}/futures/enable`, operation: "enable", reads: one, handle: enable },
  ];
}

/** Whether a name is refused the second time is not documented: here it makes a twin, as the e-mail is another one. */
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
  const freeze = request.params.get("isFreeze");
  const found = [...state.subAccounts.values()]
    .filter((account) => email === undefined || account.email === email)
    .filter(({ frozen = false }) => freeze === undefined || freeze === String(frozen));
  return { subAccounts: found.slice((page - 1) * limit, page * limit).map(toRow) };
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

/** Enabled for ever. How one that is enabled already is answered is not documented: this way or that. */
function enableFutures(request: Request, state: BinanceState): unknown {
  const account = accountOf(request, state);
  if (account.futures && state.world.random.chance()) throw refuse("unsupported", "The futures account is enabled already.");
  state.subAccounts.set(account.email, { ...account, futures: true });
  return { email: account.email, isFuturesEnabled: true };
}

function toRow({ uid, email, createdAt, frozen = false }: SubAccount): unknown {
  return {
    subUserId: uid,
    email,
    remark: "",
    isFreeze: frozen,
    createTime: createdAt,
    isManagedSubAccount: false,
    isAssetManagementSubAccount: false,
  };
}

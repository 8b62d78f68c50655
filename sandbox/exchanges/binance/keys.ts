import { isIpv4 } from "../../addresses";
import { refuse } from "./errors";
import { type Endpoint, type Request, required, whole } from "./guard";
import { FLAGS, type Flag, flagFields } from "./permissions";
import { type ApiVersion, readPublicKey } from "./public-keys";
import { illegal } from "./signature";
import type { BinanceKey, BinanceState, SubAccount } from "./state";

const KEYS_PER_SUB_ACCOUNT = 30;
const ADDRESSES_PER_KEY = 30;
const LONGEST_ADDRESS_LIST = 500;
const LONGEST_NAME = 64;
const FIX_FLAGS = ["canFixApiTrading", "canFixApiReading"] as const;

/** The calls that make, show, change and end keys. */
export function keyEndpoints(state: BinanceState): readonly Endpoint[] {
  const common = { masterOnly: true, weight: { of: "account", weight: 3000 } } as const;
  const path = "/sapi/v1/sub-account/subAccountApi";
  const named = ["email", "subAccountApiKey"];
  const makes = ["email", "apiName", "status", "ipAddress", "thirdPartyName", "publicKey", ...FLAGS];
  const create = (request: Request) => createKey(request, state, "first");
  const list = (request: Request) => listKeys(request, state);
  const permit = (request: Request) => changeFlags(request, state);
  const remove = (request: Request) => deleteKey(request, state);
  const read = (request: Request) => restriction(keyOf(request, state), state);
  const bind = (request: Request) => restrict(request, state);
  const unlist = (request: Request) => removeAddresses(request, state);
  const restricted = `${path}/ipRestriction`;
  const secondRestricted = restricted.replace("v1", "v2");
  return [
    { ...common, method: "POST", path, operation: "issue", reads: makes, handle: create },
    {
      ...common,
      method: "POST",
      path: path.replace("v1", "v2"),
      operation: "issue",
      reads: [...makes, ...FIX_FLAGS],
      handle: (request) => createKey(request, state, "second"),
    },
    { ...common, method: "GET", path, operation: "list", reads: [...named, "page", "size"], handle: list },
    { ...common, method: "POST", path: `${path}Permission`, operation: "set", reads: [...named, ...FLAGS], handle: permit },
    { ...common, method: "DELETE", path, operation: "revoke", reads: named, handle: remove },
    { ...common, method: "GET", path: restricted, operation: "addresses", reads: named, handle: read },
    {
      ...common,
      method: "POST",
      path: secondRestricted,
      operation: "set",
      reads: [...named, "status", "ipAddress"],
      handle: bind,
    },
    {
      ...common,
      method: "DELETE",
      path: `${restricted}/ipList`,
      operation: "set",
      reads: [...named, "ipAddress"],
      handle: unlist,
    },
  ];
}

function createKey(request: Request, state: BinanceState, version: ApiVersion): unknown {
  const account = accountOf(request, state);
  const label = required(request, "apiName");
  if (label.length > LONGEST_NAME) throw illegal("apiName");
  const bound = readStatus(request) === 2;
  const ips = bound ? readAddresses(request) : [];
  const flags = readFlags(request, [], account);
  const publicKey = readPublicKey(request, state, version);
  if (FIX_FLAGS.some((name) => (request.params.get(name) ?? "false") !== "false")) {
    throw refuse("unsupported", "FIX is not part of this sandbox.");
  }
  if (state.keys.of(account.email).length >= KEYS_PER_SUB_ACCOUNT) {
    throw refuse("unsupported", "The number of API keys exceeds the maximum number limit");
  }
  const key = state.make({
    subAccount: account.email,
    label,
    ips,
    flags,
    bound,
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  const { apiKey, secret } = key;
  const secretKey = publicKey === undefined ? secret : null;
  return { apiName: label, apiKey, secretKey, ...flagFields(flags), status: bound ? 2 : 1, ipList: ips };
}

/** In any order where one page holds them all, else in order of creation: pages are numbered. */
function listKeys(request: Request, state: BinanceState): unknown {
  const { email } = accountOf(request, state);
  const wanted = request.params.get("subAccountApiKey");
  const page = whole(request, "page", { least: 1, most: 1_000_000, usual: 1 });
  const size = whole(request, "size", { least: 1, most: 100, usual: 30 });
  const found = state.keys.of(email, request.call.stale).filter(({ apiKey }) => wanted === undefined || apiKey === wanted);
  const ordered = found.length > size ? found : state.world.random.shuffle(found);
  return { total: found.length, rows: ordered.slice((page - 1) * size, page * size).map((key) => toRow(key, email)) };
}

/** What is left out stays as it was. */
function changeFlags(request: Request, state: BinanceState): unknown {
  const account = accountOf(request, state);
  const key = keyOf(request, state);
  const changed = state.change({ ...key, flags: readFlags(request, key.flags, account) });
  const { email: _, ...row } = toRow(changed, account.email);
  return { ...row, timestamp: state.world.clock.now() };
}

function deleteKey(request: Request, state: BinanceState): unknown {
  state.keys.remove(keyOf(request, state).apiKey);
  return {};
}

/** Adds to the list. Opening a key keeps its list, which binds it again later. */
function restrict(request: Request, state: BinanceState): unknown {
  const key = keyOf(request, state);
  const bound = readStatus(request) === 2;
  const ips = bound ? [...new Set([...key.ips, ...readAddresses(request)])] : key.ips;
  if (ips.length > ADDRESSES_PER_KEY) throw illegal("ipAddress");
  const { ipRestrict: _, ...answer } = restriction(state.change({ ...key, bound, ips }), state);
  return { status: bound ? "2" : "1", ...answer };
}

/** A bound key keeps its last address, and what is not in the list cannot be removed. */
function removeAddresses(request: Request, state: BinanceState): unknown {
  const key = keyOf(request, state);
  const unwanted = readAddresses(request);
  const ips = key.ips.filter((address) => !unwanted.includes(address));
  const unknown = unwanted.some((address) => !key.ips.includes(address));
  if (unknown || (key.bound && ips.length === 0)) throw illegal("ipAddress");
  return restriction(state.change({ ...key, ips }), state);
}

function restriction(key: BinanceKey, { world }: BinanceState) {
  const ipList = world.random.shuffle(key.ips);
  return { ipRestrict: String(key.bound), ipList, updateTime: world.clock.now(), apiKey: key.apiKey };
}

export function accountOf(request: Request, state: BinanceState): SubAccount {
  const account = state.subAccounts.get(required(request, "email"));
  if (account === undefined) throw refuse("unrelated", "parent sub have no relation");
  return account;
}

/** No code is documented for a key that is not there. */
function keyOf(request: Request, state: BinanceState): BinanceKey {
  const { email } = accountOf(request, state);
  const key = state.keys.get(required(request, "subAccountApiKey"));
  if (key?.subAccount === email) return key;
  throw state.world.random.chance() ? refuse("noSuchKey", "Invalid Api-Key ID.") : illegal("subAccountApiKey");
}

function readStatus(request: Request): number {
  required(request, "status");
  const status = whole(request, "status", { least: 1, most: 3, usual: 0 });
  if (status === 3) throw refuse("unsupported", "Third parties are not supported.");
  return status;
}

function readAddresses(request: Request): readonly string[] {
  const text = required(request, "ipAddress");
  const addresses = text.split(",");
  const fits = text.length <= LONGEST_ADDRESS_LIST && addresses.length <= ADDRESSES_PER_KEY;
  if (!fits || !addresses.every(isIpv4)) throw illegal("ipAddress");
  return addresses;
}

/** @throws Refusal for a flag whose product is not enabled in the sub-account */
function readFlags({ params }: Request, present: readonly Flag[], account: SubAccount): readonly Flag[] {
  const flags = FLAGS.filter((flag) => {
    const value = params.get(flag) ?? String(present.includes(flag));
    if (value !== "true" && value !== "false") throw illegal(flag);
    return value === "true";
  });
  const lacking =
    (flags.includes("canFuturesTrade") && !account.futures) || (flags.includes("canMarginLoanRepay") && !account.margin);
  if (lacking) throw refuse("unsupported", "The product is not enabled for this sub-account.");
  return flags;
}

function toRow(key: BinanceKey, email: string) {
  const { label, apiKey, flags, createdAt } = key;
  return { email, apiName: label, apikey: apiKey, ...flagFields(flags), timestamp: createdAt };
}

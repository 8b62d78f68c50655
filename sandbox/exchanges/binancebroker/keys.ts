import { isIpv4 } from "../../addresses";
import { refuse } from "./errors";
import { type Endpoint, type Request, required, whole } from "./guard";
import { type Flag, TRADE_FLAGS, TRANSFER, type TradeFlag, tradeFields } from "./permissions";
import { readPublicKey } from "./public-keys";
import { illegal } from "./signature";
import type { BrokerKey, BrokerState, SubAccount } from "./state";

const KEYS_PER_SUB_ACCOUNT = 30;
const ADDRESSES_PER_KEY = 30;
const LONGEST_ADDRESS_LIST = 500;
const LARGEST_PAGE = 500;
/** Of creations, and of deletions, in one sub-account. */
const ONE_A_SECOND = { requests: 1, perMs: 1000 };

const PATH = "/sapi/v1/broker/subAccountApi";
const NAMED = ["subAccountId", "subAccountApiKey"];

/** The calls that make, show, change and end keys. */
export function keyEndpoints(state: BrokerState): readonly Endpoint[] {
  const call = (
    way: Pick<Endpoint, "method" | "path" | "operation">,
    reads: readonly string[],
    handle: (request: Request, state: BrokerState) => unknown,
  ): Endpoint => ({
    ...way,
    masterOnly: true,
    weight: { of: "account", weight: 3000 },
    reads,
    handle: (request) => handle(request, state),
  });
  const restricted = `${PATH}/ipRestriction`;
  const permission = `${PATH}/permission`;
  const makes = ["subAccountId", "publicKey", ...TRADE_FLAGS];
  return [
    call({ method: "POST", path: PATH, operation: "issue" }, makes, createKey),
    call({ method: "GET", path: PATH, operation: "list" }, [...NAMED, "page", "size"], listKeys),
    call({ method: "DELETE", path: PATH, operation: "revoke" }, NAMED, deleteKey),
    call({ method: "POST", path: permission, operation: "set" }, [...NAMED, ...TRADE_FLAGS], changeFlags),
    call({ method: "POST", path: `${permission}/universalTransfer`, operation: "set" }, [...NAMED, TRANSFER], changeTransfer),
    call({ method: "GET", path: restricted, operation: "addresses" }, NAMED, showAddresses),
    call({ method: "POST", path: restricted.replace("v1", "v2"), operation: "set" }, [...NAMED, "status", "ipAddress"], restrict),
    call({ method: "DELETE", path: `${restricted}/ipList`, operation: "set" }, [...NAMED, "ipAddress"], removeAddresses),
  ];
}

/** Open to every address: they are bound by a call of their own. */
function createKey(request: Request, state: BrokerState): unknown {
  const account = accountOf(request, state);
  const given = TRADE_FLAGS.filter((flag) => flag === "canTrade" || request.params.has(flag));
  const flags = readFlags(request, given, account);
  const publicKey = readPublicKey(request, state);
  takeTurn(state, `${account.id} create`);
  if (state.keys.of(account.id).length >= KEYS_PER_SUB_ACCOUNT) {
    throw refuse("unsupported", "The number of API keys exceeds the maximum number limit");
  }
  const draft = { subAccount: account.id, label: "", ips: [], flags, bound: false };
  if (publicKey !== undefined) {
    const { apiKey } = state.make({ ...draft, publicKey });
    return { subaccountId: account.id, apiKey, secretKey: null, ...tradeFields(flags) };
  }
  const { apiKey, secret } = state.make(draft);
  return { subaccountId: account.id, apiKey, secretKey: secret, ...tradeFields(flags) };
}

function listKeys(request: Request, state: BrokerState): unknown {
  const { id } = accountOf(request, state);
  const wanted = request.params.get("subAccountApiKey");
  const page = whole(request, "page", { least: 1, most: 1_000_000, usual: 1 });
  const size = whole(request, "size", { least: 1, most: LARGEST_PAGE, usual: LARGEST_PAGE });
  const found = state.keys.of(id, request.call.stale).filter(({ apiKey }) => wanted === undefined || apiKey === wanted);
  const ordered = found.length > size ? found : state.world.random.shuffle(found);
  return ordered.slice((page - 1) * size, page * size).map((key) => toRow(key, id));
}

/** All of them have to be said. */
function changeFlags(request: Request, state: BrokerState): unknown {
  const account = accountOf(request, state);
  const key = keyOf(request, state);
  const others = key.flags.filter((flag) => !TRADE_FLAGS.some((known) => known === flag));
  const flags = [...others, ...readFlags(request, TRADE_FLAGS, account)];
  return toRow(state.change({ ...key, flags }), account.id);
}

function changeTransfer(request: Request, state: BrokerState): unknown {
  const key = keyOf(request, state);
  const wanted = readSwitch(request, TRANSFER);
  const others = key.flags.filter((flag) => flag !== TRANSFER);
  const flags: readonly Flag[] = wanted ? [...others, TRANSFER] : others;
  state.change({ ...key, flags });
  return { subaccountId: key.subAccount, apikey: key.apiKey, canUniversalTransfer: wanted };
}

function deleteKey(request: Request, state: BrokerState): unknown {
  const key = keyOf(request, state);
  takeTurn(state, `${key.subAccount} delete`);
  state.keys.remove(key.apiKey);
  return {};
}

function takeTurn({ world }: BrokerState, what: string): void {
  if (!world.limiter.take(`broker ${what}`, ONE_A_SECOND).ok) throw refuse("rate", "Too many requests; one per second.");
}

/** Adds to the list. Opening a key keeps its list, which binds it again later. */
function restrict(request: Request, state: BrokerState): unknown {
  const key = keyOf(request, state);
  required(request, "status");
  const bound = whole(request, "status", { least: 1, most: 2, usual: 0 }) === 2;
  const ips = bound ? [...new Set([...key.ips, ...readAddresses(request)])] : key.ips;
  if (ips.length > ADDRESSES_PER_KEY) throw illegal("ipAddress");
  const { ipRestrict: _, ipList, ...answer } = restriction(state.change({ ...key, bound, ips }), state);
  return { status: bound ? "2" : "1", ...(bound ? { ipList } : {}), ...answer };
}

/** A bound key keeps its last address, and what is not in the list cannot be removed. */
function removeAddresses(request: Request, state: BrokerState): unknown {
  const key = keyOf(request, state);
  const unwanted = readAddresses(request);
  const ips = key.ips.filter((address) => !unwanted.includes(address));
  const unknown = unwanted.some((address) => !key.ips.includes(address));
  if (unknown || (key.bound && ips.length === 0)) throw illegal("ipAddress");
  return restriction(state.change({ ...key, ips }), state);
}

function showAddresses(request: Request, state: BrokerState): unknown {
  return restriction(keyOf(request, state), state);
}

function restriction(key: BrokerKey, { world }: BrokerState) {
  const ipList = world.random.shuffle(key.ips);
  return { ipRestrict: String(key.bound), ipList, updateTime: world.clock.now(), apiKey: key.apiKey };
}

export function accountOf(request: Request, state: BrokerState): SubAccount {
  const account = state.subAccounts.get(required(request, "subAccountId"));
  if (account === undefined) throw refuse("unrelated", "parent sub have no relation");
  return account;
}

/** No code is documented for a key that is not there. */
function keyOf(request: Request, state: BrokerState): BrokerKey {
  const { id } = accountOf(request, state);
  const key = state.keys.get(required(request, "subAccountApiKey"));
  if (key?.subAccount === id) return key;
  throw state.world.random.chance() ? refuse("noSuchKey", "Invalid Api-Key ID.") : illegal("subAccountApiKey");
}

function readAddresses(request: Request): readonly string[] {
  const text = required(request, "ipAddress");
  const addresses = text.split(",");
  const fits = text.length <= LONGEST_ADDRESS_LIST && addresses.length <= ADDRESSES_PER_KEY;
  if (!fits || !addresses.every(isIpv4)) throw illegal("ipAddress");
  return addresses;
}

/** @throws Refusal for a flag whose product is not enabled in the sub-account */
function readFlags(request: Request, said: readonly TradeFlag[], account: SubAccount): readonly TradeFlag[] {
  const flags = said.filter((flag) => readSwitch(request, flag));
  const lacking = (flags.includes("futuresTrade") && !account.futures) || (flags.includes("marginTrade") && !account.margin);
  if (lacking) throw refuse("unsupported", "The product is not enabled for this sub-account.");
  return flags;
}

function readSwitch(request: Request, name: string): boolean {
  const value = required(request, name);
  if (value !== "true" && value !== "false") throw illegal(name);
  return value === "true";
}

/** No name, no time, no addresses, and nothing of transfers. */
function toRow({ apiKey, flags }: BrokerKey, id: string) {
  return { subaccountId: id, apikey: apiKey, ...tradeFields(flags) };
}

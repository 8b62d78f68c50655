import { isKind, KeyError } from "../../core/errors";
import { canonicalAddresses, changeBetween, sameSet } from "../../core/sets";
import type { Operation } from "../../core/words";
import type { IssuedKey, KeyAdapter, KeySpec, ObservedKey, OpenAdapter, ParentFacts, Wire, WireRequest } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import * as types from "./types";

const exchange = descriptor.id;
const KEYS = "sub-account/subAccountApi";
const RESTRICTION = `${KEYS}/ipRestriction`;
const LARGEST_PAGE = 100;

/** Which key of which sub-account. */
interface Target {
  readonly subAccount: string;
  readonly apiKey: string;
}

export const openAdapter: OpenAdapter = (wire) =>
  ({
    descriptor,
    list: (subAccount) => list(wire, subAccount),
    find: (subAccount, apiKey) => find(wire, { subAccount, apiKey }),
    issue: (subAccount, spec) => issue(wire, subAccount, spec),
    set: (subAccount, apiKey, spec) => set(wire, { subAccount, apiKey }, spec),
    revoke: (subAccount, apiKey) => revoke(wire, { subAccount, apiKey }),
    inspectParent: () => inspectParent(wire),
  }) satisfies KeyAdapter;

/** Rows show no addresses: one read more for each key. */
async function list(wire: Wire, subAccount: string): Promise<readonly ObservedKey[]> {
  const keys: ObservedKey[] = [];
  for (const row of await listRows(wire, subAccount)) {
    const key = await complete(wire, subAccount, { row, operation: "list" });
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

async function find(wire: Wire, target: Target): Promise<ObservedKey | undefined> {
  const row = await findRow(wire, target, "find");
  return row === undefined ? undefined : complete(wire, target.subAccount, { row, operation: "find" });
}

async function listRows(wire: Wire, subAccount: string): Promise<readonly types.KeyRow[]> {
  const rows = new Map<string, types.KeyRow>();
  for (let page = 1; ; page += 1) {
    const params = { email: subAccount, page, size: LARGEST_PAGE };
    const body = await send(wire, params, { operation: "list", method: "GET", path: KEYS });
    const { total, rows: found } = parseAnswer(types.listAnswer, body, { exchange, operation: "list" });
    for (const row of found) rows.set(row.apikey, row);
    if (rows.size >= total) return [...rows.values()];
    if (found.length === 0) throw badAnswer({ exchange, operation: "list" }, "the pages end before the last key");
  }
}

async function findRow(wire: Wire, target: Target, operation: Operation): Promise<types.KeyRow | undefined> {
  const body = await send(wire, params(target), { operation, lane: "find", method: "GET", path: KEYS });
  const { rows } = parseAnswer(types.listAnswer, body, { exchange, operation });
  if (rows.some((row) => row.apikey !== target.apiKey)) {
    throw badAnswer({ exchange, operation }, "the answer holds another key than asked for");
  }
  return rows[0];
}

interface Incomplete {
  readonly row: types.KeyRow;
  readonly operation: Operation;
}

/** A row with its addresses; `undefined` when the key has been deleted in between. */
async function complete(wire: Wire, subAccount: string, { row, operation }: Incomplete): Promise<ObservedKey | undefined> {
  const target = { subAccount, apiKey: row.apikey };
  try {
    return convert.fromRow(row, await addresses(wire, target, operation));
  } catch (error) {
    if (mayMeanMissing(error) && (await isGone(wire, target, operation))) return undefined;
    throw error;
  }
}

async function addresses(wire: Wire, target: Target, operation: Operation): Promise<types.AddressesAnswer> {
  const body = await send(wire, params(target), { operation, lane: "addresses", method: "GET", path: RESTRICTION });
  return parseAnswer(types.addressesAnswer, body, { exchange, operation });
}

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  const operation = "issue";
  const flags = convert.wantedFlags(spec);
  await requireProducts(wire, subAccount, { flags, operation });
  const body = await send(
    wire,
    {
      email: subAccount,
      apiName: spec.label,
      ...convert.flagParams(flags),
      ...convert.addressParams(spec.ipWhitelist),
    },
    { operation, method: "POST", path: KEYS, safe: false },
  );
  const { apiKey, secretKey } = parseAnswer(types.createAnswer, body, { exchange, operation });
  return { apiKey, secret: secretKey };
}

/** A flag whose product is not enabled in the sub-account is refused, or does nothing: which of them, no source says. */
async function requireProducts(
  wire: Wire,
  subAccount: string,
  asked: { readonly flags: readonly string[]; readonly operation: Operation },
): Promise<void> {
  const { flags, operation } = asked;
  const needed = convert.productsFor(flags);
  if (needed.length === 0) return;
  const call = { operation, lane: "products", method: "GET", path: "sub-account/status" } as const;
  const [status] = parseAnswer(types.statusAnswer, await send(wire, { email: subAccount }, call), { exchange, operation });
  const lacking = needed.filter(({ field }) => !status[field]).map(({ product }) => product);
  if (lacking.length === 0) return;
  const products = lacking.join(" and ");
  throw new KeyError({
    kind: "NotSupported",
    exchange,
    operation,
    message: `${products} must be enabled in the sub-account before a key of it can have the right`,
    hint: `Enable ${products} for this sub-account at the exchange, then run up again. A key made before that has to be rotated.`,
  });
}

/**
 * The flags are only ever widened once the addresses are those declared, and narrowed before that: at no moment does an address
 * that was not declared for a scope have it.
 */
async function set(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
  const operation = "set";
  const wanted = convert.wantedFlags(spec);
  const row = await findRow(wire, target, operation);
  if (row === undefined) throw new KeyError({ kind: "NotFound", exchange, operation, message: "there is no such key" });
  const held = convert.heldFlags(row);
  await requireProducts(wire, target.subAccount, { flags: wanted.filter((flag) => !held.includes(flag)), operation });
  const kept = wanted.filter((flag) => held.includes(flag));
  if (!sameSet(held, kept)) await setFlags(wire, target, kept);
  await setAddresses(wire, target, spec.ipWhitelist);
  if (!sameSet(kept, wanted)) await setFlags(wire, target, wanted);
}

async function setFlags(wire: Wire, target: Target, flags: readonly string[]): Promise<void> {
  const all = { ...params(target), ...convert.flagParams(flags) };
  const body = await send(wire, all, { operation: "set", method: "POST", path: "sub-account/subAccountApiPermission" });
  parseAnswer(types.flagsAnswer, body, { exchange, operation: "set" });
}

/**
 * The exchange adds addresses and deletes addresses, and has no call for a list. What is declared is added first and the surplus
 * goes last, so that no address that stays is ever without access; only where both together are too many, some surplus goes first.
 */
async function setAddresses(wire: Wire, target: Target, wanted: readonly string[]): Promise<void> {
  const before = await addresses(wire, target, "set");
  const bound = before.ipRestrict === "true";
  if (wanted.length === 0) {
    if (bound) await bind(wire, target, []);
    return;
  }
  // An open key may still have a list, which binds it again.
  const listed = before.ipList ?? [];
  const excess = new Set(canonicalAddresses([...listed, ...wanted])).size - descriptor.limits.ipsPerKey.value;
  if (bound && excess >= listed.length) throw tooMany();
  if (excess > 0) await unlist(wire, target, surplusOf(listed, wanted).slice(0, excess));
  const added = changeBetween(canonicalAddresses(convert.boundTo(before)), canonicalAddresses(wanted)).added;
  const after = added.length === 0 ? listed : await bind(wire, target, wanted);
  await unlist(wire, target, surplusOf(after, wanted));
}

/** As the exchange writes them: only so can they be deleted. */
function surplusOf(listed: readonly string[], wanted: readonly string[]): readonly string[] {
  const kept = new Set(canonicalAddresses(wanted));
  return listed.filter((address) => !canonicalAddresses([address]).some((canonical) => kept.has(canonical)));
}

/** Sends the whole list: added to what there is, or put in its place, all of it is there afterwards. @returns what is there */
async function bind(wire: Wire, target: Target, wanted: readonly string[]): Promise<readonly string[]> {
  const all = { ...params(target), ...convert.addressParams(wanted) };
  const call = { operation: "set", lane: "bind", access: "sapiV2", method: "POST", path: RESTRICTION } as const;
  return parseAnswer(types.bindAnswer, await send(wire, all, call), { exchange, operation: "set" }).ipList ?? [];
}

async function unlist(wire: Wire, target: Target, surplus: readonly string[]): Promise<void> {
  if (surplus.length === 0) return;
  const all = { ...params(target), ipAddress: surplus.join(",") };
  const call = { operation: "set", lane: "unlist", method: "DELETE", path: `${RESTRICTION}/ipList` } as const;
  try {
    parseAnswer(types.addressesAnswer, await send(wire, all, call), { exchange, operation: "set" });
  } catch (error) {
    // A repeated deletion may be refused because the first one was carried out.
    if (!mayMeanMissing(error)) throw error;
    const { ipList } = await addresses(wire, target, "set");
    if (surplus.some((address) => ipList?.includes(address))) throw error;
  }
}

function tooMany(): KeyError {
  return new KeyError({
    kind: "LimitReached",
    exchange,
    operation: "set",
    message: "the key cannot hold its present addresses and the declared ones at the same time",
    hint: "Change some addresses in a run of their own.",
  });
}

async function revoke(wire: Wire, target: Target): Promise<void> {
  const operation = "revoke";
  try {
    const body = await send(wire, params(target), { operation, method: "DELETE", path: KEYS });
    parseAnswer(types.emptyAnswer, body, { exchange, operation });
  } catch (error) {
    if (!mayMeanMissing(error) || !(await isGone(wire, target, operation))) throw error;
  }
}

/** No source says which code a missing key earns, and some of the likely ones may as well speak of the parent. */
function mayMeanMissing(error: unknown): boolean {
  return isKind(error, "AuthFailed", "BadResponse", "InvalidInput", "NotFound", "PermissionDenied");
}

/** A parent that cannot look has not shown that the key is gone: the first refusal stands. */
async function isGone(wire: Wire, target: Target, operation: Operation): Promise<boolean> {
  try {
    return (await findRow(wire, target, operation)) === undefined;
  } catch {
    return false;
  }
}

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const operation = "inspectParent";
  const body = await send(wire, {}, { operation, method: "GET", path: "account/apiRestrictions" });
  return convert.fromParent(parseAnswer(types.parentAnswer, body, { exchange, operation }));
}

function params({ subAccount, apiKey }: Target): { readonly email: string; readonly subAccountApiKey: string } {
  return { email: subAccount, subAccountApiKey: apiKey };
}

type Sent = Pick<WireRequest, "operation" | "method" | "path"> & Partial<WireRequest>;

/** Everything but issuing can be repeated without harm. */
function send(wire: Wire, values: Parameters<typeof convert.encoded>[0], request: Sent): Promise<unknown> {
  return wire.call({ access: "sapi", safe: true, ...request, params: convert.encoded(values) });
}

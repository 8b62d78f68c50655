import type { Operation } from "../../core/words";
import type { ListedKey, ObservedKey, Wire } from "../adapter";
import { badAnswer, mayMeanMissing, parseAnswer } from "../answer";
import { exchange, KEYS, params, RESTRICTION, send, type Target } from "./calls";
import * as convert from "./convert";
import * as types from "./types";

const LARGEST_PAGE = 500;

/** Rows show no addresses. */
export async function list(wire: Wire, subAccount: string): Promise<readonly ListedKey[]> {
  return (await listRows(wire, subAccount)).map(convert.fromRow);
}

export async function find(wire: Wire, target: Target): Promise<ObservedKey | undefined> {
  const row = await findRow(wire, target, "find");
  return row === undefined ? undefined : complete(wire, target, { key: convert.fromRow(row), operation: "find" });
}

/** No total is told: the first page that is not full is the last. */
async function listRows(wire: Wire, subAccount: string): Promise<readonly types.KeyRow[]> {
  const call = { exchange, operation: "list" } as const;
  const rows = new Map<string, types.KeyRow>();
  for (let page = 1; ; page += 1) {
    const values = { subAccountId: subAccount, page: String(page), size: String(LARGEST_PAGE) };
    const found = parseAnswer(types.listAnswer, await send(wire, values, { ...call, method: "GET", path: KEYS }), call);
    const before = rows.size;
    for (const row of found) rows.set(row.apikey, row);
    if (found.some((row) => row.subaccountId !== subAccount)) throw badAnswer(call, "it holds keys of another sub-account");
    if (found.length < LARGEST_PAGE) return [...rows.values()];
    if (rows.size === before) throw badAnswer(call, "the pages repeat themselves");
  }
}

export async function findRow(wire: Wire, target: Target, operation: Operation): Promise<types.KeyRow | undefined> {
  const body = await send(wire, params(target), { operation, lane: "find", method: "GET", path: KEYS });
  const rows = parseAnswer(types.listAnswer, body, { exchange, operation });
  const others = rows.some((row) => row.apikey !== target.apiKey || row.subaccountId !== target.subAccount);
  if (others) throw badAnswer({ exchange, operation }, "the answer holds another key than asked for");
  return rows[0];
}

interface Incomplete {
  readonly key: ListedKey;
  readonly operation: Operation;
}

/** A key with its addresses. `undefined` when it has been deleted in between. */
export async function complete(wire: Wire, target: Target, { key, operation }: Incomplete): Promise<ObservedKey | undefined> {
  try {
    return { ...key, ipWhitelist: convert.boundTo(await addresses(wire, target, operation)) };
  } catch (error) {
    if (mayMeanMissing(error) && (await isGone(wire, target, operation))) return undefined;
    throw error;
  }
}

export async function addresses(wire: Wire, target: Target, operation: Operation): Promise<types.AddressesAnswer> {
  const body = await send(wire, params(target), { operation, lane: "addresses", method: "GET", path: RESTRICTION });
  return parseAnswer(types.addressesAnswer, body, { exchange, operation });
}

/** A parent that cannot look has not shown that the key is gone: the first refusal stands. */
export async function isGone(wire: Wire, target: Target, operation: Operation): Promise<boolean> {
  try {
    return (await findRow(wire, target, operation)) === undefined;
  } catch {
    return false;
  }
}

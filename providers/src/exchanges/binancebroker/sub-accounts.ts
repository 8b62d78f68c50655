import type { Scope } from "../../core/words";
import type { ObservedSubAccount, SubAccountAdapter, Wire, WireRequest } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { exchange, SUB_ACCOUNTS, send } from "./calls";
import { fromSubAccount } from "./convert";
import * as types from "./types";

/** The largest pages of the list, and of the lists of assets. */
const PAGE = 500;
const ASSET_PAGE = 20;

/** Of the two kinds of futures account. One call enables futures, and has no kind: taken for both. */
const USD_MARGINED = "1";

const OPERATION = "listSubAccounts";
const failed = { exchange, operation: OPERATION } as const;

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return {
    list: () => list(wire),
    create: ({ name }) => create(wire, name),
    enable: ({ id }, product) => enable(wire, id, product),
  };
}

/** Rows do not show what is enabled: two lists of assets tell it of all. */
async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const rows = await pages(PAGE, async (params) => {
    const found = parseAnswer(types.subAccountListAnswer, await read(wire, params, { path: SUB_ACCOUNTS }), failed);
    return found.map((row) => [row.subaccountId, row] as const);
  });
  const enabled = [
    ["margin", await pages(ASSET_PAGE, (params) => readMargin(wire, params))],
    ["futures", await pages(ASSET_PAGE, (params) => readFutures(wire, params))],
  ] as const;
  return [...rows.values()].map((row) => {
    const held = enabled.filter(([, known]) => known.get(row.subaccountId) === true);
    return fromSubAccount(
      row,
      held.map(([product]) => product),
    );
  });
}

type Entries<T> = readonly (readonly [string, T])[];

async function readMargin(wire: Wire, params: PageParams): Promise<Entries<boolean>> {
  const call = { lane: "marginEnabled", path: `${SUB_ACCOUNTS}/marginSummary` };
  const { data } = parseAnswer(types.marginAnswer, await read(wire, params, call), failed);
  return data.map(({ subAccountId, marginEnable }) => [subAccountId, marginEnable]);
}

async function readFutures(wire: Wire, params: PageParams): Promise<Entries<boolean>> {
  const call = { lane: "futuresEnabled", access: "sapiV3", path: `${SUB_ACCOUNTS}/futuresSummary` };
  const body = await read(wire, { futuresType: USD_MARGINED, ...params }, call);
  return parseAnswer(types.futuresAnswer, body, failed).data.map(({ subAccountId, futuresEnable }) => [
    subAccountId,
    futuresEnable,
  ]);
}

type PageParams = Readonly<Record<string, string>>;

/** All rows by id. Nothing tells how many there are: a page that is not full is the last. */
async function pages<T>(size: number, ask: (params: PageParams) => Promise<Entries<T>>): Promise<ReadonlyMap<string, T>> {
  const rows = new Map<string, T>();
  for (let page = 1; ; page += 1) {
    const found = await ask({ page: String(page), size: String(size) });
    const before = rows.size;
    for (const [id, row] of found) rows.set(id, row);
    if (found.length < size) return rows;
    if (rows.size === before) throw badAnswer(failed, "the pages repeat themselves");
  }
}

function read(wire: Wire, params: PageParams, call: Pick<WireRequest, "path"> & Partial<WireRequest>): Promise<unknown> {
  return send(wire, params, { operation: OPERATION, method: "GET", ...call });
}

async function create(wire: Wire, tag: string): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  const body = await send(wire, { tag }, { operation, method: "POST", path: SUB_ACCOUNTS, safe: false });
  return fromSubAccount(parseAnswer(types.subAccountRow, body, { exchange, operation }), []);
}

async function enable(wire: Wire, subAccountId: string, product: Scope): Promise<void> {
  const operation = "enableSubAccount";
  const call = { operation, method: "POST", path: `${SUB_ACCOUNTS}/${product}` } as const;
  const body = await send(wire, { subAccountId, [product]: "true" }, call);
  parseAnswer(types.enableAnswer, body, { exchange, operation });
}

import type { ObservedSubAccount, SubAccountAdapter, Wire } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { exchange, send } from "./calls";
import { fromSubAccount, nameOf } from "./convert";
import * as types from "./types";

/** Of at most 200. */
const PAGE = 100;

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return {
    list: () => list(wire),
    create: ({ name }) => create(wire, name),
    // The one product that a call enables.
    enable: ({ id }) => enableFutures(wire, id),
  };
}

/** Rows do not show what is enabled: one request more tells it of all. */
async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const operation = "listSubAccounts";
  const rows = await listRows(wire);
  const call = { operation, lane: "products", method: "GET", path: "sub-account/status" } as const;
  const answer = parseAnswer(types.statusListAnswer, await send(wire, {}, call), { exchange, operation });
  const statuses = new Map(answer.map((status) => [status.email, status]));
  return rows.map((row) => fromSubAccount(row, statuses.get(row.email)));
}

/** Nothing tells how many there are: a page that is not full is the last. */
async function listRows(wire: Wire): Promise<readonly types.SubAccountRow[]> {
  const operation = "listSubAccounts";
  const found = new Map<string, types.SubAccountRow>();
  for (let page = 1; ; page += 1) {
    const body = await send(wire, { page, limit: PAGE }, { operation, method: "GET", path: "sub-account/list" });
    const { subAccounts } = parseAnswer(types.subAccountListAnswer, body, { exchange, operation });
    const before = found.size;
    for (const row of subAccounts) found.set(row.email, row);
    if (subAccounts.length < PAGE) return [...found.values()];
    if (found.size === before) throw badAnswer({ exchange, operation }, "the pages repeat themselves");
  }
}

/** The answer is the e-mail that the exchange made up around the name, and nothing else. */
async function create(wire: Wire, name: string): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  const path = "sub-account/virtualSubAccount";
  const body = await send(wire, { subAccountString: name }, { operation, method: "POST", path, safe: false });
  const { email } = parseAnswer(types.virtualAnswer, body, { exchange, operation });
  return { id: email, name: nameOf(email), frozen: false, products: [] };
}

async function enableFutures(wire: Wire, email: string): Promise<void> {
  const operation = "enableSubAccount";
  const body = await send(wire, { email }, { operation, method: "POST", path: "sub-account/futures/enable" });
  parseAnswer(types.futuresAnswer, body, { exchange, operation });
}

import { KeyError } from "../../core/errors";
import type { Scope } from "../../core/words";
import type { NewSubAccount, ObservedSubAccount, SubAccountAdapter, Wire } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { fromSubAccount } from "./convert";
import { descriptor } from "./descriptor";
import { type SubAccountRow, subAccountAnswer, subAccountListAnswer } from "./types";

const exchange = descriptor.id;
const PAGE = 100;

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return {
    list: () => list(wire),
    create: (wanted) => create(wire, wanted),
    enable: (subAccount, product) => enable(wire, subAccount, product),
  };
}

async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const operation = "listSubAccounts";
  const found = new Map<string, SubAccountRow>();
  for (let page = 1; ; page += 1) {
    const params = { currentPage: page, pageSize: PAGE };
    const path = "sub/user";
    const body = await wire.call({ operation, access: "private", method: "GET", path, params, safe: true });
    const { items, totalNum } = parseAnswer(subAccountListAnswer, body, { exchange, operation }).data;
    const before = found.size;
    for (const row of items) found.set(row.subName, row);
    if (found.size >= totalNum) return [...found.values()].map(fromSubAccount);
    if (found.size === before) throw badAnswer({ exchange, operation }, "the pages end before the last sub-account");
  }
}

/** With spot alone. How several kinds of access are said in one is not documented, and each of the others has a call of its own. */
async function create(wire: Wire, { name, remark, password }: NewSubAccount): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  if (password === undefined) {
    throw new KeyError({ kind: "InvalidInput", exchange, operation, message: "a login password is needed" });
  }
  const params = {
    subName: name,
    password: password.reveal(),
    access: "Spot",
    ...(remark === undefined ? {} : { remarks: remark }),
  };
  const path = "sub/user/created";
  const body = await wire.call({ operation, access: "private", method: "POST", path, params, safe: false });
  const { subName, uid } = parseAnswer(subAccountAnswer, body, { exchange, operation }).data;
  return { id: subName, name: subName, uid: String(uid), frozen: false, products: [] };
}

async function enable(wire: Wire, { uid }: ObservedSubAccount, product: Scope): Promise<void> {
  const operation = "enableSubAccount";
  const path = `sub/user/${product}/enable`;
  // ccxt takes the version out of the parameters, and would else use the first.
  await wire.call({ operation, access: "private", method: "POST", path, params: { uid, version: "v3" }, safe: true });
}

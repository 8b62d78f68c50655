import type { ObservedSubAccount, SubAccountAdapter, Wire } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { fromSubAccount } from "./convert";
import { descriptor } from "./descriptor";
import { subAccountAnswer, subAccountListAnswer } from "./types";

const exchange = descriptor.id;
const PAGE = 100;

/** A standard sub-account, not a custodian's. Sub-account: Create sub-account, 2026-08-22. */
const STANDARD = "1";

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return { list: () => list(wire), create: ({ name }) => create(wire, name) };
}

/** Pages are counted by creation time, which several can share: the last one is asked for again, and none counts twice. */
async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const operation = "listSubAccounts";
  const found = new Map<string, ObservedSubAccount>();
  for (let after: string | undefined; ; ) {
    const params = { limit: PAGE, ...(after === undefined ? {} : { after }) };
    const path = "users/subaccount/list";
    const body = await wire.call({ operation, access: "private", method: "GET", path, params, safe: true });
    const rows = parseAnswer(subAccountListAnswer, body, { exchange, operation }).data;
    const before = found.size;
    for (const row of rows) found.set(row.subAcct, fromSubAccount(row));
    if (rows.length < PAGE) return [...found.values()];
    if (found.size === before) throw badAnswer({ exchange, operation }, "the pages repeat themselves");
    after = String(Math.min(...rows.map((row) => row.ts)) + 1);
  }
}

async function create(wire: Wire, name: string): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  const path = "users/subaccount/create-subaccount";
  const params = { subAcct: name, type: STANDARD };
  const body = await wire.call({ operation, access: "private", method: "POST", path, params, safe: false });
  const [made] = parseAnswer(subAccountAnswer, body, { exchange, operation }).data;
  return { id: made.subAcct, name: made.subAcct, uid: made.uid, frozen: false };
}

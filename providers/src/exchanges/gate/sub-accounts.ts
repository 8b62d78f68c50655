import type { NewSubAccount, ObservedSubAccount, SubAccountAdapter, Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { fromSubAccount } from "./convert";
import { descriptor } from "./descriptor";
import { subAccountAnswer, subAccountListAnswer } from "./types";

const exchange = descriptor.id;
const ACCESS = ["private", "subAccounts"] as const;
const PATH = "sub_accounts";

/** Every kind: a name that another kind of account has is taken as well. */
const ALL = "0";

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return { list: () => list(wire), create: (wanted) => create(wire, wanted) };
}

/** The call has no pages. */
async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const operation = "listSubAccounts";
  const params = { type: ALL };
  const body = await wire.call({ operation, access: ACCESS, method: "GET", path: PATH, params, safe: true });
  return parseAnswer(subAccountListAnswer, body, { exchange, operation }).map(fromSubAccount);
}

async function create(wire: Wire, { name, remark }: NewSubAccount): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  const params = { login_name: name, ...(remark === undefined ? {} : { remark }) };
  const body = await wire.call({ operation, access: ACCESS, method: "POST", path: PATH, params, safe: false });
  return fromSubAccount(parseAnswer(subAccountAnswer, body, { exchange, operation }));
}

import { isKind, KeyError } from "../../core/errors";
import type { IssuedKey, KeyAdapter, KeySpec, ObservedKey, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { fromParent, fromWire, toWire } from "./convert";
import { descriptor } from "./descriptor";
import { openSubAccounts } from "./sub-accounts";
import { createAnswer, listAnswer, parentAnswer } from "./types";

const exchange = descriptor.id;

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
    subAccounts: openSubAccounts(wire),
  }) satisfies KeyAdapter;

/** The call has no pages. */
async function list(wire: Wire, subAccount: string): Promise<readonly ObservedKey[]> {
  const path = "users/subaccount/apikey";
  const params = { subAcct: subAccount };
  const body = await wire.call({ operation: "list", access: "private", method: "GET", path, params, safe: true });
  return parseAnswer(listAnswer, body, { exchange, operation: "list" }).data.map(fromWire);
}

async function find(wire: Wire, { subAccount, apiKey }: Target): Promise<ObservedKey | undefined> {
  const path = "users/subaccount/apikey";
  const params = { subAcct: subAccount, apiKey };
  const body = await wire
    .call({ operation: "find", access: "private", method: "GET", path, params, safe: true })
    .catch((error: unknown) => {
      if (isKind(error, "NotFound")) return { data: [] };
      throw error;
    });
  const rows = parseAnswer(listAnswer, body, { exchange, operation: "find" }).data;
  const other = rows.some((row) => row.apiKey !== apiKey);
  if (other) throw badAnswer({ exchange, operation: "find" }, "the answer holds another key than asked for");
  return rows[0] === undefined ? undefined : fromWire(rows[0]);
}

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  if (spec.passphrase === undefined) {
    throw new KeyError({ kind: "InvalidInput", exchange, operation: "issue", message: "a passphrase is needed" });
  }
  const { label, perm, ip } = toWire(spec);
  const passphrase = spec.passphrase.reveal();
  const body = await wire.call({
    operation: "issue",
    access: "private",
    method: "POST",
    path: "users/subaccount/apikey",
    params: { subAcct: subAccount, label, passphrase, perm, ...(ip === "" ? {} : { ip }) },
    safe: false,
  });
  const [issued] = parseAnswer(createAnswer, body, { exchange, operation: "issue" }).data;
  return { apiKey: issued.apiKey, secret: issued.secretKey, passphrase: issued.passphrase };
}

async function set(wire: Wire, { subAccount, apiKey }: Target, spec: KeySpec): Promise<void> {
  const path = "users/subaccount/modify-apikey";
  const params = { subAcct: subAccount, apiKey, ...toWire(spec) };
  await wire.call({ operation: "set", access: "private", method: "POST", path, params, safe: true });
}

async function revoke(wire: Wire, { subAccount, apiKey }: Target): Promise<void> {
  const path = "users/subaccount/delete-apikey";
  const params = { subAcct: subAccount, apiKey };
  try {
    await wire.call({ operation: "revoke", access: "private", method: "POST", path, params, safe: true });
  } catch (error) {
    // 59506: the key to delete was not found, which is what was wanted.
    if (!isKind(error, "NotFound")) throw error;
  }
}

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const path = "account/config";
  const body = await wire.call({
    operation: "inspectParent",
    access: "private",
    method: "GET",
    path,
    params: {},
    safe: true,
  });
  return fromParent(parseAnswer(parentAnswer, body, { exchange, operation: "inspectParent" }));
}

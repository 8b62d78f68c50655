import { isKind, type KeyError } from "../../core/errors";
import type { IssuedKey, KeyAdapter, KeySpec, ObservedKey, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { badAnswer, mayMeanMissing, parseAnswer } from "../answer";
import { fromParent, fromWire, toWire, toWireUpdate } from "./convert";
import { descriptor } from "./descriptor";
import { openSubAccounts } from "./sub-accounts";
import { createAnswer, listAnswer, parentAnswer } from "./types";

const exchange = descriptor.id;
const PAGE = 20;

export const openAdapter: OpenAdapter = (wire) =>
  ({
    descriptor,
    list: (subAccount) => list(wire, subAccount),
    issue: (subAccount, spec) => issue(wire, subAccount, spec),
    set: (_, apiKey, spec) => set(wire, apiKey, spec),
    revoke: (subAccount, apiKey) => revoke(wire, subAccount, apiKey),
    inspectParent: () => inspectParent(wire),
    subAccounts: openSubAccounts(wire),
  }) satisfies KeyAdapter;

async function list(wire: Wire, subAccount: string): Promise<readonly ObservedKey[]> {
  const keys: ObservedKey[] = [];
  const seen = new Set<string>();
  for (let cursor = ""; ; ) {
    const params = { subMemberId: subAccount, limit: PAGE, ...(cursor === "" ? {} : { cursor }) };
    const path = "v5/user/sub-apikeys";
    const body = await wire.call({ operation: "list", access: "private", method: "GET", path, params, safe: true });
    const { result } = parseAnswer(listAnswer, body, { exchange, operation: "list" });
    keys.push(...result.result.map(fromWire));
    cursor = result.nextPageCursor;
    if (cursor === "") return keys;
    if (seen.has(cursor)) throw badAnswer({ exchange, operation: "list" }, "the pages repeat themselves");
    seen.add(cursor);
  }
}

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  const body = await wire.call({
    operation: "issue",
    access: "private",
    method: "POST",
    path: "v5/user/create-sub-api",
    params: { subuid: Number(subAccount), note: spec.label, ...toWire(spec) },
    safe: false,
  });
  const { result } = parseAnswer(createAnswer, body, { exchange, operation: "issue" });
  return { apiKey: result.apiKey, secret: result.secret };
}

async function set(wire: Wire, apiKey: string, spec: KeySpec): Promise<void> {
  const params = { apikey: apiKey, ...toWireUpdate(spec) };
  const path = "v5/user/update-sub-api";
  await wire.call({ operation: "set", access: "private", method: "POST", path, params, safe: true });
}

async function revoke(wire: Wire, subAccount: string, apiKey: string): Promise<void> {
  const path = "v5/user/delete-sub-api";
  try {
    await wire.call({ operation: "revoke", access: "private", method: "POST", path, params: { apikey: apiKey }, safe: true });
  } catch (error) {
    if (!mayMeanGone(error) || (await isListed(wire, { subAccount, apiKey, error }))) throw error;
  }
}

/** No source says which code a missing key earns, and the codes for an unknown key may as well speak of the parent. */
function mayMeanGone(error: unknown): error is KeyError {
  return mayMeanMissing(error) || isKind(error, "KeyExpired");
}

/** A parent that cannot list has not shown that the key is gone: the refusal of the revocation stands. */
async function isListed(wire: Wire, asked: { subAccount: string; apiKey: string; error: KeyError }): Promise<boolean> {
  try {
    const keys = await list(wire, asked.subAccount);
    return keys.some((key) => key.apiKey === asked.apiKey);
  } catch {
    return true;
  }
}

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const path = "v5/user/query-api";
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

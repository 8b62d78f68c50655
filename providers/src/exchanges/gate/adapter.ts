import { isKind, KeyError } from "../../core/errors";
import type { Operation } from "../../core/words";
import type { IssuedKey, KeyAdapter, KeySpec, ObservedKey, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { badAnswer, mayMeanMissing, parseAnswer } from "../answer";
import { fromDetail, fromParent, fromWire, toWire } from "./convert";
import { descriptor } from "./descriptor";
import { openSubAccounts } from "./sub-accounts";
import { createAnswer, detailAnswer, listAnswer, type MainKey, mainKeysAnswer } from "./types";

const exchange = descriptor.id;
const ACCESS = ["private", "subAccounts"] as const;
const KEYS = "sub_accounts/{user_id}/keys";
const KEY = `${KEYS}/{key}`;

/** Which key of which sub-account. */
interface Target {
  readonly subAccount: string;
  readonly apiKey: string;
}

export const openAdapter: OpenAdapter = (wire) =>
  ({
    descriptor,
    list: (subAccount) => list(wire, subAccount),
    issue: (subAccount, spec) => issue(wire, subAccount, spec),
    set: (subAccount, apiKey, spec) => set(wire, { subAccount, apiKey }, spec),
    revoke: (subAccount, apiKey) => revoke(wire, { subAccount, apiKey }),
    inspectParent: () => inspectParent(wire),
    subAccounts: openSubAccounts(wire),
  }) satisfies KeyAdapter;

/** The call has no pages. */
async function list(wire: Wire, subAccount: string): Promise<readonly ObservedKey[]> {
  const params = { user_id: userId(subAccount, "list") };
  const body = await wire.call({ operation: "list", access: ACCESS, method: "GET", path: KEYS, params, safe: true });
  return parseAnswer(listAnswer, body, { exchange, operation: "list" }).map(fromWire);
}

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  const params = { user_id: userId(subAccount, "issue"), ...toWire(spec) };
  const body = await wire.call({ operation: "issue", access: ACCESS, method: "POST", path: KEYS, params, safe: false });
  const { key, secret } = parseAnswer(createAnswer, body, { exchange, operation: "issue" });
  return { apiKey: key, secret };
}

async function set(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
  const params = { ...place(target, "set"), ...toWire(spec) };
  await wire.call({ operation: "set", access: ACCESS, method: "PUT", path: KEY, params, safe: true });
}

async function revoke(wire: Wire, target: Target): Promise<void> {
  const params = place(target, "revoke");
  try {
    await wire.call({ operation: "revoke", access: ACCESS, method: "DELETE", path: KEY, params, safe: true });
  } catch (error) {
    if (!mayMeanMissing(error) || (await isListed(wire, target))) throw error;
  }
}

/** A parent that cannot list has not shown that the key is gone: the refusal of the revocation stands. */
async function isListed(wire: Wire, { subAccount, apiKey }: Target): Promise<boolean> {
  try {
    const keys = await list(wire, subAccount);
    return keys.some((key) => key.apiKey === apiKey);
  } catch {
    return true;
  }
}

/** Only keys of the main account may see the main account's keys. What is refused there is asked about itself. */
async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const operation = "inspectParent";
  const ask = (path: string) =>
    wire.call({ operation, access: ["private", "account"], method: "GET", path, params: {}, safe: true });
  const body = await ask("main_keys").catch((error: unknown) => {
    if (isKind(error, "PermissionDenied")) return undefined;
    throw error;
  });
  if (body === undefined) return fromDetail(parseAnswer(detailAnswer, await ask("detail"), { exchange, operation }));
  const [own, ...others] = ownKeys(parseAnswer(mainKeysAnswer, body, { exchange, operation }), wire.parentKey ?? "");
  if (own === undefined || others.length > 0) {
    throw badAnswer({ exchange, operation }, "the answer does not single out the key that asks");
  }
  return fromParent(own);
}

/** The answer has every key of the main account, each masked but for its beginning. One that is not named at all may be the one that asks. */
function ownKeys(keys: readonly MainKey[], parentKey: string): readonly MainKey[] {
  return keys.filter(({ key }) => {
    if (typeof key !== "string") return true;
    const shown = key.replace(/\*+$/, "");
    return shown !== "" && parentKey.startsWith(shown);
  });
}

function place({ subAccount, apiKey }: Target, operation: Operation): { readonly user_id: string; readonly key: string } {
  return { user_id: userId(subAccount, operation), key: inPath(apiKey, /^[A-Za-z0-9]{1,64}$/, operation) };
}

function userId(subAccount: string, operation: Operation): string {
  return inPath(subAccount, new RegExp(descriptor.subAccount.value.pattern), operation);
}

/** ccxt puts these values into the path as they are. */
function inPath(value: string, form: RegExp, operation: Operation): string {
  if (form.test(value)) return value;
  throw new KeyError({ kind: "InvalidInput", exchange, operation, message: "the sub-account or key id has another form here" });
}

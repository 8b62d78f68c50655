import type { IssuedKey, KeyAdapter, KeySpec, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { mayMeanMissing, parseAnswer } from "../answer";
import { exchange, KEYS, params, REGISTERING, send, type Target } from "./calls";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import { requireProducts } from "./products";
import { complete, find, isGone, list } from "./read";
import { set } from "./set";
import { openSubAccounts } from "./sub-accounts";
import * as types from "./types";

export const openAdapter: OpenAdapter = (wire) =>
  ({
    descriptor,
    list: (subAccount) => list(wire, subAccount),
    complete: (subAccount, key) => complete(wire, { subAccount, apiKey: key.apiKey }, { key, operation: "list" }),
    find: (subAccount, apiKey) => find(wire, { subAccount, apiKey }),
    issue: (subAccount, spec) => issue(wire, subAccount, spec),
    set: (subAccount, apiKey, spec) => set(wire, { subAccount, apiKey }, spec),
    revoke: (subAccount, apiKey) => revoke(wire, { subAccount, apiKey }),
    inspectParent: () => inspectParent(wire),
    subAccounts: openSubAccounts(wire),
  }) satisfies KeyAdapter;

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  const operation = "issue";
  const flags = convert.wantedFlags(spec);
  await requireProducts(wire, subAccount, { flags, operation });
  const { label, ipWhitelist, publicKey } = spec;
  const restrictions = { ...convert.flagParams(flags), ...convert.addressParams(ipWhitelist) };
  const values = { email: subAccount, apiName: label, ...restrictions };
  const call = { operation, method: "POST", path: KEYS, safe: false } as const;
  if (publicKey === undefined) {
    const body = await send(wire, values, call);
    const { apiKey, secretKey: secret } = parseAnswer(types.createAnswer, body, { exchange, operation });
    return { apiKey, secret };
  }
  const access = REGISTERING[publicKey.algorithm];
  const body = await send(wire, { ...values, publicKey: publicKey.pem }, { ...call, access });
  const { apiKey, secretKey: secret } = parseAnswer(types.registerAnswer, body, { exchange, operation });
  return { apiKey, ...(secret === undefined ? {} : { secret }) };
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

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const operation = "inspectParent";
  const body = await send(wire, {}, { operation, method: "GET", path: "account/apiRestrictions" });
  return convert.fromParent(parseAnswer(types.parentAnswer, body, { exchange, operation }));
}

import { KeyError } from "../../core/errors";
import type { PublicKey } from "../../core/public-key";
import type { IssuedKey, KeyAdapter, KeySpec, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { mayMeanMissing, parseAnswer } from "../answer";
import { exchange, KEYS, params, send, type Target } from "./calls";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import { complete, find, isGone, list } from "./read";
import { equip, set } from "./set";
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

/**
 * The call that makes a key takes no addresses, and leaves it open to all of them. So the key is made to read only, bound, and widened
 * then. When that fails it is revoked, because its secret goes no further.
 */
async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  convert.wantedFlags(spec);
  const values = { subAccountId: subAccount, ...convert.flagParams([]) };
  const { apiKey, secret } = await make(wire, values, spec.publicKey);
  const target = { subAccount, apiKey };
  try {
    await equip(wire, target, spec);
  } catch (error) {
    await revokeIncomplete(wire, target);
    throw error;
  }
  return { apiKey, ...(secret === undefined ? {} : { secret }) };
}

/** One call takes every kind of public key, in the body, as ccxt sends what is posted. */
async function make(
  wire: Wire,
  values: Readonly<Record<string, string>>,
  publicKey: PublicKey | undefined,
): Promise<Pick<IssuedKey, "apiKey" | "secret">> {
  const operation = "issue";
  const call = { operation, method: "POST", path: KEYS, safe: false } as const;
  if (publicKey === undefined) {
    const body = await send(wire, values, call);
    const { apiKey, secretKey } = parseAnswer(types.createAnswer, body, { exchange, operation });
    return { apiKey, secret: secretKey };
  }
  const body = await send(wire, { ...values, publicKey: publicKey.pem }, call);
  const { apiKey, secretKey } = parseAnswer(types.registerAnswer, body, { exchange, operation });
  return { apiKey, ...(secretKey === undefined ? {} : { secret: secretKey }) };
}

/** @throws KeyError `OutcomeUnknown`: the caller then looks for a key that nobody can open */
async function revokeIncomplete(wire: Wire, target: Target): Promise<void> {
  try {
    await revoke(wire, target);
  } catch {
    throw new KeyError({
      kind: "OutcomeUnknown",
      exchange,
      operation: "issue",
      message: "the new key could be neither completed nor revoked; it only reads, or is bound to the declared addresses",
    });
  }
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

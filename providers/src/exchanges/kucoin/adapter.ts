import { KeyError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Operation } from "../../core/words";
import type { IssuedKey, KeyAdapter, KeySpec, ObservedKey, OpenAdapter, ParentFacts, Wire } from "../adapter";
import { mayMeanMissing, parseAnswer } from "../answer";
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
    issue: (subAccount, spec) => issue(wire, subAccount, spec),
    set: (subAccount, apiKey, spec) => set(wire, { subAccount, apiKey }, spec),
    revoke: (subAccount, apiKey, passphrase) => revoke(wire, { subAccount, apiKey }, passphrase),
    inspectParent: () => inspectParent(wire),
    subAccounts: openSubAccounts(wire),
  }) satisfies KeyAdapter;

/** The call has no pages. */
async function list(wire: Wire, subAccount: string): Promise<readonly ObservedKey[]> {
  const path = "sub/api-key";
  const params = { subName: subAccount };
  const body = await wire.call({ operation: "list", access: "private", method: "GET", path, params, safe: true });
  return parseAnswer(listAnswer, body, { exchange, operation: "list" }).data.map(fromWire);
}

async function issue(wire: Wire, subAccount: string, spec: KeySpec): Promise<IssuedKey> {
  if (spec.passphrase === undefined) {
    throw new KeyError({ kind: "InvalidInput", exchange, operation: "issue", message: "a passphrase is needed" });
  }
  const { permission, ipWhitelist, expire } = toWire(spec);
  const passphrase = spec.passphrase.reveal();
  const unbound = ipWhitelist === "";
  const body = await wire.call({
    operation: "issue",
    access: "private",
    method: "POST",
    path: "sub/api-key",
    params: { subName: subAccount, passphrase, remark: spec.label, permission, expire, ...(unbound ? {} : { ipWhitelist }) },
    safe: false,
  });
  const { data } = parseAnswer(createAnswer, body, { exchange, operation: "issue" });
  return { apiKey: data.apiKey, secret: data.apiSecret, passphrase: spec.passphrase };
}

async function set(wire: Wire, { subAccount, apiKey }: Target, spec: KeySpec): Promise<void> {
  const path = "sub/api-key/update";
  if (spec.passphrase === undefined) throw passphraseUnknown("set");
  const passphrase = spec.passphrase.reveal();
  const params = { subName: subAccount, apiKey, passphrase, ...toWire(spec) };
  await wire.call({ operation: "set", access: "private", method: "POST", path, params, safe: true });
}

async function revoke(wire: Wire, target: Target, passphrase: Secret | undefined): Promise<void> {
  if (passphrase === undefined) return requireGone(wire, target);
  const path = "sub/api-key";
  const params = { subName: target.subAccount, apiKey: target.apiKey, passphrase: passphrase.reveal() };
  try {
    await wire.call({ operation: "revoke", access: "private", method: "DELETE", path, params, safe: true });
  } catch (error) {
    if (!mayMeanMissing(error) || (await isListed(wire, target))) throw error;
  }
}

/** A key that somebody else has deleted needs no passphrase. @throws KeyError `CredentialsUnavailable` while the key lives */
async function requireGone(wire: Wire, { subAccount, apiKey }: Target): Promise<void> {
  const keys = await list(wire, subAccount);
  if (keys.some((key) => key.apiKey === apiKey)) throw passphraseUnknown("revoke");
}

function passphraseUnknown(operation: Operation): KeyError {
  return new KeyError({
    kind: "CredentialsUnavailable",
    exchange,
    operation,
    message: "the key's own passphrase is needed to change or delete it, and it is not known here",
    hint: "Change or delete this key on the exchange's web page.",
  });
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

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const path = "user/api-key";
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

import { isAddressOrSegment } from "../../addresses";
import { refuse } from "./errors";
import { type Endpoint, optional, type Request, required } from "./guard";
import { modifiedPermText, permText, readPerm } from "./permissions";
import type { OkxKey, OkxState } from "./state";

const KEYS_PER_SUB_ACCOUNT = 50;
const ADDRESSES_PER_KEY = 20;
const LABEL = /^[A-Za-z0-9]{1,50}$/;
/** Printable, no spaces, with a digit, an upper-case, a lower-case and a special character. */
const PASSPHRASE = /^(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])(?=.*[^0-9A-Za-z])[\x21-\x7e]{8,32}$/;

/** The calls that make, show, change and end keys. */
export function keyEndpoints(state: OkxState): readonly Endpoint[] {
  const masterOnly = "masterOnly" as const;
  const post = { method: "POST", rate: { requests: 1, perMs: 1000 }, masterOnly, writes: true, ipBound: true } as const;
  const get = { method: "GET", masterOnly, writes: false, ipBound: false } as const;
  const folder = "/api/v5/users/subaccount";
  const create = (request: Request) => createKey(request, state);
  const list = (request: Request) => listKeys(request, state);
  const modify = (request: Request) => modifyKey(request, state);
  const remove = (request: Request) => deleteKey(request, state);
  return [
    { ...post, path: `${folder}/apikey`, operation: "issue", handle: create },
    { ...get, path: `${folder}/apikey`, operation: "list", rate: { requests: 20, perMs: 2000 }, handle: list },
    { ...post, path: `${folder}/modify-apikey`, operation: "set", handle: modify },
    { ...post, path: `${folder}/delete-apikey`, operation: "revoke", handle: remove },
  ];
}

function createKey(request: Request, state: OkxState): readonly unknown[] {
  const subAccount = activeSubAccountOf(request, state);
  const label = readLabel(required(request, "label"));
  const passphrase = required(request, "passphrase");
  if (!PASSPHRASE.test(passphrase)) throw refuse("passphraseForm", "The passphrase does not have the required form.");
  const perm = readPerm(optional(request, "perm") ?? "read_only");
  const ips = readIps(optional(request, "ip") ?? "");
  const present = state.keys.of(subAccount);
  if (present.length >= KEYS_PER_SUB_ACCOUNT) throw refuse("tooManyKeys", "An account has at most 50 API keys.");
  checkLabelFree(label, present);
  const key = state.make({ subAccount, label, ips, perm, passphrase });
  const { apiKey, secret } = key;
  return [{ subAcct: subAccount, label, apiKey, secretKey: secret, passphrase, ...row(key, permText(perm, state.world.random)) }];
}

function listKeys(request: Request, state: OkxState): readonly unknown[] {
  const subAccount = subAccountOf(request, state);
  const wanted = optional(request, "apiKey");
  const { random } = state.world;
  return random
    .shuffle(state.keys.of(subAccount, request.call.stale))
    .filter(({ apiKey }) => wanted === undefined || apiKey === wanted)
    .map((key) => ({ label: key.label, apiKey: key.apiKey, ...row(key, permText(key.perm, random)) }));
}

/** What is sent is replaced as a whole, what is left out stays, and an empty `ip` removes the binding. */
function modifyKey(request: Request, state: OkxState): readonly unknown[] {
  const subAccount = activeSubAccountOf(request, state);
  const key = keyOf(request, subAccount, state);
  const [label, perm, ip] = [optional(request, "label"), optional(request, "perm"), optional(request, "ip")];
  if (label !== undefined) {
    const others = state.keys.of(subAccount).filter(({ apiKey }) => apiKey !== key.apiKey);
    checkLabelFree(readLabel(label), others);
  }
  const changed = state.change(key, {
    ...(label === undefined ? {} : { label }),
    ...(perm === undefined ? {} : { perm: readPerm(perm) }),
    ...(ip === undefined ? {} : { ips: readIps(ip) }),
  });
  const spelled = modifiedPermText(changed.perm, state.world.random);
  return [{ subAcct: subAccount, label: changed.label, apiKey: changed.apiKey, ...row(changed, spelled) }];
}

function deleteKey(request: Request, state: OkxState): readonly unknown[] {
  const subAccount = activeSubAccountOf(request, state);
  state.keys.remove(keyOf(request, subAccount, state).apiKey);
  return [{ subAcct: subAccount }];
}

function subAccountOf(request: Request, state: OkxState): string {
  const name = required(request, "subAcct");
  if (!state.subAccounts.has(name)) throw refuse("noSuchSubAccount", "The sub-account does not exist.");
  return name;
}

/** Keys of a suspended one can be looked at only. */
function activeSubAccountOf(request: Request, state: OkxState): string {
  const name = subAccountOf(request, state);
  if (state.subAccounts.get(name)?.frozen === true) throw refuse("suspended", "The sub-account is suspended.");
  return name;
}

function keyOf(request: Request, subAccount: string, state: OkxState): OkxKey {
  const key = state.keys.get(required(request, "apiKey"));
  if (key?.subAccount !== subAccount) throw refuse("noSuchKey", "The API key does not exist.");
  return key;
}

function readLabel(label: string): string {
  if (!LABEL.test(label)) throw refuse("parameter", "Parameter label error");
  return label;
}

function checkLabelFree(label: string, others: readonly OkxKey[]): void {
  if (others.some((key) => key.label === label)) throw refuse("labelTaken", "The API key's label is in use already.");
}

function readIps(text: string): readonly string[] {
  const ips = text === "" ? [] : text.split(",");
  if (!ips.every(isAddressOrSegment)) throw refuse("parameter", "Parameter ip error");
  if (ips.length > ADDRESSES_PER_KEY) throw refuse("tooManyAddresses", "An API key has at most 20 addresses.");
  return ips;
}

function row(key: OkxKey, perm: string): { perm: string; ip: string; ts: string } {
  return { perm, ip: key.ips.join(","), ts: String(key.createdAt) };
}

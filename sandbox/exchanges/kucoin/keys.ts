import { z } from "zod";
import { isIpv4 } from "../../addresses";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { type Permission, permissionText, readPermission } from "./permissions";
import type { KucoinKey, KucoinState, SubAccount } from "./state";

/** Undocumented: a number to run into. */
/** Help pages are quoted with 10, other sources with 20: the most cautious client must be right. */
const KEYS_PER_SUB_ACCOUNT = 10;
const ADDRESSES_PER_KEY = 20;

const passphrase = z.string().regex(/^\S{7,32}$/);
const subName = z.string().min(1);
const apiKey = z.string().min(1);

/** What a key may be given. Left out means the default, also in a change: undocumented, but the worst that may happen. */
const given = {
  permission: z.string().default("General"),
  ipWhitelist: z.string().default(""),
  expire: z.enum(["-1", "30", "90", "180", "360"]).default("-1"),
};

const createInput = z.object({ subName, passphrase, remark: z.string().min(1).max(24), ...given });
/** There is no `remark`: like every unknown parameter it is passed over. */
const modifyInput = z.object({ subName, apiKey, passphrase, ...given });
const deleteInput = z.object({ subName, apiKey, passphrase });
const listInput = z.object({ subName, apiKey: z.string().optional() });

/** The calls that make, show, change and end keys. */
export function keyEndpoints(state: KucoinState): readonly Endpoint[] {
  const path = "/api/v1/sub/api-key";
  const shared = { pool: "management", needs: "General", masterOnly: true } as const;
  const create = (request: Request) => createKey(request, state);
  const list = (request: Request) => listKeys(request, state);
  const modify = (request: Request) => modifyKey(request, state);
  const remove = (request: Request) => deleteKey(request, state);
  return [
    { ...shared, method: "POST", path, operation: "issue", weight: 20, handle: create },
    { ...shared, method: "GET", path, operation: "list", weight: 20, handle: list },
    { ...shared, method: "POST", path: `${path}/update`, operation: "set", weight: 30, handle: modify },
    { ...shared, method: "DELETE", path, operation: "revoke", weight: 30, handle: remove },
  ];
}

function createKey({ params }: Request, state: KucoinState): unknown {
  const input = parse(createInput, params);
  const account = subAccountOf(input.subName, state);
  const granted = readGiven(input, account);
  if (state.keys.of(account.name).length >= KEYS_PER_SUB_ACCOUNT) throw refuse("parameter", "too many API keys");
  const draft = { ...granted, subAccount: account.name, label: input.remark, passphrase: input.passphrase };
  const key = state.make(draft);
  return {
    subName: account.name,
    remark: key.label,
    apiKey: key.apiKey,
    apiSecret: key.secret,
    apiVersion: 3,
    passphrase: key.passphrase,
    ...shown(key, state),
    createdAt: key.createdAt,
  };
}

function listKeys({ params, call }: Request, state: KucoinState): unknown {
  const input = parse(listInput, params);
  const account = subAccountOf(input.subName, state);
  return state.world.random
    .shuffle(state.keys.of(account.name, call.stale))
    .filter((key) => input.apiKey === undefined || input.apiKey === key.apiKey)
    .map((key) => ({ subName: account.name, ...facts(key, state) }));
}

function modifyKey({ params }: Request, state: KucoinState): unknown {
  const input = parse(modifyInput, params);
  const account = subAccountOf(input.subName, state);
  const key = state.change(keyOf(input, state), readGiven(input, account));
  return { subName: account.name, apiKey: key.apiKey, ...shown(key, state) };
}

function deleteKey({ params }: Request, state: KucoinState): unknown {
  const input = parse(deleteInput, params);
  subAccountOf(input.subName, state);
  const key = keyOf(input, state);
  state.keys.remove(key.apiKey);
  return { subName: input.subName, apiKey: key.apiKey };
}

/** What lists and the key itself are told. */
export function facts(key: KucoinKey, state: KucoinState): Readonly<Record<string, unknown>> {
  return {
    remark: key.label,
    apiKey: key.apiKey,
    apiVersion: 3,
    ...shown(key, state),
    createdAt: key.createdAt,
    uid: state.uidOf(key),
    isMaster: key.subAccount === undefined,
  };
}

/** Words in any order, and no list of addresses where there are none. */
function shown(key: KucoinKey, state: KucoinState): Readonly<Record<string, string>> {
  const permission = permissionText(key.permission, state.world.random);
  return key.ips.length === 0 ? { permission } : { permission, ipWhitelist: key.ips.join(",") };
}

/** The code for a sub-account that is unknown or somebody else's is undocumented. */
function subAccountOf(name: string, state: KucoinState): SubAccount {
  const account = state.subAccounts.get(name);
  if (account === undefined) throw refuse("parameter", "the sub-account does not exist");
  return account;
}

/** The codes for an unknown key and for another passphrase than its own are undocumented. */
function keyOf(input: z.output<typeof deleteInput>, state: KucoinState): KucoinKey {
  const key = state.keys.get(input.apiKey);
  if (key?.subAccount !== input.subName) throw refuse("parameter", "the API key does not exist");
  if (key.passphrase !== input.passphrase) throw refuse("parameter", "the passphrase is incorrect");
  return key;
}

function readGiven(
  input: Pick<z.output<typeof createInput>, keyof typeof given>,
  account: SubAccount,
): Pick<KucoinKey, "permission" | "ips" | "expire"> {
  const permission = readPermission(input.permission);
  if (permission === undefined) throw refuse("parameter", "permission is invalid");
  checkProducts(permission, account);
  return { permission, ips: readIps(input.ipWhitelist), expire: Number(input.expire) };
}

/** The code for a product that the sub-account does not trade is undocumented. */
function checkProducts(permission: Permission, { access }: SubAccount): void {
  for (const product of ["Margin", "Futures"] as const) {
    if (permission.includes(product) && !access.includes(product)) {
      throw refuse("parameter", `the sub-account has no ${product} permission`);
    }
  }
}

function readIps(text: string): readonly string[] {
  const ips = text === "" ? [] : text.split(",");
  if (!ips.every(isIpv4)) throw refuse("parameter", "ipWhitelist is invalid");
  if (ips.length > ADDRESSES_PER_KEY) throw refuse("parameter", "ipWhitelist has too many addresses");
  return ips;
}

function parse<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw refuse("parameter", `${parsed.error.issues[0]?.path.join(".") ?? "the body"} is invalid`);
}

import { z } from "zod";
import { isIpv4 } from "../../addresses";
import { noSuchKey, refuse, refuseSomehow } from "./errors";
import type { Endpoint, Request } from "./guard";
import { type Permission, permOf, readPerms, unordered } from "./permissions";
import type { GateKey, GateState } from "./state";

const KEYS_PER_SUB_ACCOUNT = 20;
const ADDRESSES_PER_KEY = 20;
/** Nothing is documented about names, so the most cautious client must be right. */
const NAME = /^[A-Za-z0-9 _-]{0,20}$/;

/** The calls of sub-accounts and their keys. */
export const SUB_ACCOUNT_RATE = { requests: 80, perMs: 10_000 } as const;
export const OTHER_RATE = { requests: 150, perMs: 10_000 } as const;

/** Every field may be left out. */
const keyInput = z.object({
  mode: z.union([z.literal(1), z.literal(2)]).optional(),
  name: z.string().regex(NAME).default(""),
  perms: z.unknown().optional(),
  ip_whitelist: z.array(z.string()).default([]),
});

/** The calls that make, show, change and end keys, and those by which a key looks at its account. */
export function keyEndpoints(state: GateState): readonly Endpoint[] {
  const common = { rate: SUB_ACCOUNT_RATE, group: "account", mainOnly: true } as const;
  const keys = { ...common, path: "/api/v4/sub_accounts/:user_id/keys" } as const;
  const key = { ...common, path: `${keys.path}/:key` } as const;
  const own = { method: "GET", operation: "inspect", rate: OTHER_RATE, group: "account" } as const;
  return [
    { ...keys, method: "POST", operation: "issue", handle: (request) => createKey(request, state) },
    { ...keys, method: "GET", operation: "list", handle: (request) => listKeys(request, state) },
    { ...key, method: "GET", operation: "list", handle: (request) => toRow(target(request, state), state) },
    { ...key, method: "PUT", operation: "set", handle: (request) => replaceKey(request, state) },
    { ...key, method: "DELETE", operation: "revoke", handle: (request) => deleteKey(request, state) },
    { ...own, path: "/api/v4/account/detail", mainOnly: false, handle: (request) => describeSelf(request, state) },
    { ...own, path: "/api/v4/account/main_keys", mainOnly: true, handle: () => listMainKeys(state) },
  ];
}

function createKey(request: Request, state: GateState): unknown {
  const subAccount = unlocked(subAccountOf(request, state), state);
  const { mode = 1, name, perms, ips } = readKey(request);
  if (state.keys.of(subAccount).length >= KEYS_PER_SUB_ACCOUNT) {
    throw refuse("parameter", `a sub-account has at most ${KEYS_PER_SUB_ACCOUNT} API keys`);
  }
  const key = state.make({ subAccount, label: name, ips, perms, mode });
  const { key: apiKey, created_at, ...fields } = keyFields(key, state);
  return { ...fields, key: apiKey, secret: key.secret, created_at, updated_at: created_at };
}

function listKeys(request: Request, state: GateState): readonly unknown[] {
  const keys = state.keys.of(subAccountOf(request, state), request.call.stale);
  return state.world.random.shuffle(keys).map((key) => toRow(key, state));
}

/** What is left out is cleared. */
function replaceKey(request: Request, state: GateState): undefined {
  const key = target(request, state);
  unlocked(subAccountOf(request, state), state);
  const { mode = key.mode, name, perms, ips } = readKey(request);
  if (mode !== key.mode) throw refuse("parameter", "invalid argument: mode cannot be changed");
  state.change(key, { label: name, perms, ips });
}

function deleteKey(request: Request, state: GateState): undefined {
  const { apiKey } = target(request, state);
  unlocked(subAccountOf(request, state), state);
  state.keys.remove(apiKey);
}

export function subAccountOf({ place }: Request, state: GateState): string {
  const uid = place.get("user_id") ?? "";
  if (!/^[0-9]{1,15}$/.test(uid)) throw refuse("parameter", "invalid argument: user_id");
  if (!state.subAccounts.has(uid)) throw refuseSomehow("noSuchSubAccount", "sub account not found", state.world.random);
  return uid;
}

/** Whether keys of a locked one can be managed is documented nowhere, so a client must not count on it. */
function unlocked(subAccount: string, state: GateState): string {
  if (state.isLocked({ subAccount })) throw refuseSomehow("locked", "sub account is locked", state.world.random);
  return subAccount;
}

function target(request: Request, state: GateState): GateKey {
  const subAccount = subAccountOf(request, state);
  const key = state.keys.get(request.place.get("key") ?? "");
  if (key?.subAccount !== subAccount) throw noSuchKey(state.world.random);
  return key;
}

interface KeyInput {
  readonly mode: 1 | 2 | undefined;
  readonly name: string;
  readonly perms: readonly Permission[];
  readonly ips: readonly string[];
}

function readKey({ key, params }: Request): KeyInput {
  const parsed = keyInput.safeParse(params);
  if (!parsed.success) throw refuse("parameter", `invalid argument: ${parsed.error.issues[0]?.path.join(".")}`);
  const { mode, name, ip_whitelist: ips } = parsed.data;
  const perms = readPerms(parsed.data.perms ?? []);
  if (!ips.every(isIpv4) || ips.length > ADDRESSES_PER_KEY) throw refuse("parameter", "invalid argument: ip_whitelist");
  checkOwns(key, perms);
  return { mode, name, perms, ips };
}

/** Nothing is documented about handing out what one lacks, so a client must not count on it. */
function checkOwns(key: GateKey, perms: readonly Permission[]): void {
  for (const { name, read_only } of perms) {
    const own = permOf(key.perms, name);
    if (own === undefined || (own.read_only && !read_only)) {
      throw refuse("permission", `Request API key does not have ${name} permission`);
    }
  }
}

function keyFields(key: GateKey, { world: { random } }: GateState) {
  return {
    state: 1,
    name: key.label,
    user_id: Number(key.subAccount),
    perms: unordered(key.perms, random),
    ip_whitelist: random.shuffle(key.ips),
    mode: key.mode,
    key: key.apiKey,
    created_at: seconds(key.createdAt),
  };
}

/** Examples and schema disagree about the name of a field and the type of the times; and about what 2 and 3 mean. */
function toRow(key: GateKey, state: GateState): unknown {
  const { random } = state.world;
  const time = (at: number): number | string => (random.chance() ? seconds(at) : String(seconds(at)));
  return {
    ...keyFields(key, state),
    state: state.isUsable(key) && !state.isLocked(key) ? 1 : random.pick<number>([2, 3]),
    created_at: time(key.createdAt),
    [random.pick(["update_at", "updated_at"])]: time(key.updatedAt),
    last_access: time(key.lastUsedAt ?? 0),
  };
}

function describeSelf({ key }: Request, state: GateState): unknown {
  return {
    user_id: Number(state.uidOf(key)),
    ip_whitelist: key.ips,
    currency_pairs: [],
    key: { mode: key.mode },
    tier: 2,
    copy_trading_role: 0,
  };
}

/** Only the beginning of each key is shown. */
function listMainKeys(state: GateState): readonly unknown[] {
  const { random } = state.world;
  const keys = state.keys.all().filter((key) => key.subAccount === undefined);
  return random.shuffle(keys).map((key) => ({
    ...keyFields(key, state),
    user_id: Number(state.mainUid),
    currency_pairs: [],
    key: `${key.apiKey.slice(0, 12)}*****`,
    update_at: seconds(key.updatedAt),
    last_access: seconds(key.lastUsedAt ?? 0),
  }));
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

import { z } from "zod";
import { isIpv4 } from "../../addresses";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { listKeys } from "./key-list";
import { allGroups, has, MASTER_KEY_WORDS, type Permissions, readPermissions, SUB_KEY_WORDS } from "./permissions";
import { deadline, keyFields } from "./rows";
import type { BybitKey, BybitState } from "./state";

const KEYS_PER_SUB_ACCOUNT = 20;
const LONGEST_NOTE = 64;

const readOnly = z.union([z.literal(0), z.literal(1)]);
const ips = z.union([z.string(), z.array(z.string())]).optional();

const createInput = z.object({
  subuid: z.number().int().positive(),
  readOnly,
  permissions: z.unknown().optional(),
  ips,
  note: z.string().max(LONGEST_NOTE).optional(),
});

/** There is no `note`: like every unknown parameter it is passed over. */
const updateInput = z.object({
  apikey: z.string().optional(),
  // Left out means read and write, and no whitelist.
  readOnly: readOnly.default(0),
  permissions: z.unknown().optional(),
  ips,
});

const deleteInput = z.object({ apikey: z.string().optional() });

/** The calls that make, show, change and end keys. */
export function keyEndpoints(state: BybitState): readonly Endpoint[] {
  const post = { method: "POST", perSecond: 5 } as const;
  const get = { method: "GET", perSecond: 10 } as const;
  const user = "/v5/user";
  const create = (request: Request) => createSubKey(request, state);
  const update = (request: Request) => updateSubKey(request, state);
  const remove = (request: Request) => deleteSubKey(request, state);
  return [
    { ...post, path: `${user}/create-sub-api`, operation: "issue", access: "managing", perSecond: 1, handle: create },
    { ...post, path: `${user}/update-sub-api`, operation: "set", access: "managingOrSelf", handle: update },
    { ...post, path: `${user}/delete-sub-api`, operation: "revoke", access: "managingOrSelf", handle: remove },
    { ...get, path: `${user}/sub-apikeys`, operation: "list", access: "master", handle: (request) => listKeys(request, state) },
    { ...get, path: `${user}/query-api`, operation: "inspect", access: "any", handle: ({ key }) => describeSelf(key, state) },
    {
      ...post,
      path: `${user}/update-api`,
      operation: "set",
      access: "managing",
      handle: (request) => updateMaster(request, state),
    },
    { ...post, path: `${user}/delete-api`, operation: "revoke", access: "managing", handle: ({ key }) => end(key, state) },
  ];
}

function createSubKey({ params }: Request, state: BybitState): unknown {
  const input = parse(createInput, params);
  const subAccount = String(input.subuid);
  if (!state.members.has(subAccount)) throw refuse("subAccount", "The sub-account is not yours.");
  const permissions = readPermissions(input.permissions, SUB_KEY_WORDS);
  const ips = readIps(input.ips);
  if (state.keys.of(subAccount).length >= KEYS_PER_SUB_ACCOUNT) {
    throw refuse("parameter", `a sub-account has at most ${KEYS_PER_SUB_ACCOUNT} API keys`);
  }
  const key = state.make({ subAccount, label: input.note ?? "", ips, readOnly: input.readOnly, permissions });
  return { ...keyFields(key), secret: key.secret, permissions: allGroups(key.permissions) };
}

function updateSubKey(request: Request, state: BybitState): unknown {
  const input = parse(updateInput, request.params);
  const key = target(request, input.apikey, state);
  if (state.isExpired(key)) throw refuse("expired", "The API key has expired.");
  const permissions = input.permissions === undefined ? key.permissions : readPermissions(input.permissions, SUB_KEY_WORDS);
  const changed = state.change({ ...key, readOnly: input.readOnly, ips: readIps(input.ips), permissions });
  return changeAnswer(changed);
}

function deleteSubKey(request: Request, state: BybitState): unknown {
  return end(target(request, parse(deleteInput, request.params).apikey, state), state);
}

/** The addresses of a master key cannot be changed by API: `ips` is passed over. */
function updateMaster({ key, params }: Request, state: BybitState): unknown {
  const input = parse(updateInput, params);
  const asked = input.permissions === undefined ? key.permissions : readPermissions(input.permissions, MASTER_KEY_WORDS);
  const permissions = keepWithdraw(key.permissions, asked);
  return changeAnswer(state.change({ ...key, readOnly: input.readOnly, permissions }));
}

function keepWithdraw(old: Permissions, asked: Permissions): Permissions {
  if (!has(old, "Wallet", "Withdraw") || has(asked, "Wallet", "Withdraw")) return asked;
  return { ...asked, Wallet: [...(asked.Wallet ?? []), "Withdraw"] };
}

/** The key that is meant: named by a master, and the calling key itself for a sub-account's key. */
function target({ key }: Request, apikey: string | undefined, state: BybitState): BybitKey {
  if (key.subAccount !== undefined) {
    if (apikey !== undefined) throw refuse("parameter", "apikey must not be given by a sub-account");
    return key;
  }
  if (apikey === undefined) throw refuse("parameter", "apikey is required");
  const found = state.keys.get(apikey);
  if (found?.subAccount === undefined) throw refuse("parameter", "the API key does not exist");
  return found;
}

function end(key: BybitKey, state: BybitState): unknown {
  state.keys.remove(key.apiKey);
  return {};
}

function changeAnswer(key: BybitKey): unknown {
  const ips = key.ips.length === 0 ? ["*"] : key.ips;
  return { ...keyFields(key), secret: "", permissions: allGroups(key.permissions), ips };
}

function describeSelf(key: BybitKey, state: BybitState): unknown {
  const uid = Number(state.uidOf(key));
  const isMaster = key.subAccount === undefined;
  return {
    ...keyFields(key),
    secret: "",
    permissions: allGroups(key.permissions),
    ips: key.ips.length === 0 ? ["*"] : key.ips,
    type: 1,
    ...deadline(key, state),
    uta: 1,
    unified: 0,
    userID: uid,
    inviterID: 0,
    vipLevel: "No VIP",
    mktMakerLevel: "0",
    affiliateID: 0,
    rsaPublicKey: "",
    isMaster,
    parentUid: isMaster ? "0" : state.masterUid,
    kycLevel: "LEVEL_1",
    kycRegion: "",
  };
}

function readIps(value: string | readonly string[] | undefined): readonly string[] {
  const entries = typeof value === "string" ? value.split(",") : (value ?? []);
  if (entries.length === 0 || (entries.length === 1 && (entries[0] === "" || entries[0] === "*"))) return [];
  if (!entries.every(isIpv4)) throw refuse("parameter", "ips is invalid");
  return entries;
}

function parse<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw refuse("parameter", `params error: ${parsed.error.issues[0]?.path.join(".") ?? "body"} is invalid`);
}

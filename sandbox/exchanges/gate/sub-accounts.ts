import { randomInt } from "node:crypto";
import { z } from "zod";
import { setFrozen } from "../../frost";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { SUB_ACCOUNT_RATE, subAccountOf } from "./keys";
import type { GateState, SubAccount } from "./state";

/** The characters are documented, the length is not. */
const LOGIN_NAME = /^[A-Za-z0-9_]{3,32}$/;
/** Of a main account with the highest level. */
const MOST = 200;
/** Its length is not documented. */
const LONGEST_REMARK = 40;

const createInput = z.object({
  login_name: z.string().regex(LOGIN_NAME),
  remark: z.string().max(LONGEST_REMARK).default(""),
  password: z.string().optional(),
  email: z.string().optional(),
});

export function subAccountEndpoints(state: GateState): readonly Endpoint[] {
  const common = { path: "/api/v4/sub_accounts", rate: SUB_ACCOUNT_RATE, group: "account", mainOnly: true } as const;
  const list = { ...common, method: "GET", operation: "listSubAccounts" } as const;
  const locking = { ...common, method: "POST", operation: "lock", bodiless: true } as const;
  return [
    {
      ...common,
      method: "POST",
      operation: "createSubAccount",
      creates: true,
      handle: (request) => createSubAccount(request, state),
    },
    { ...list, handle: (request) => listSubAccounts(request, state) },
    { ...list, path: `${common.path}/:user_id`, handle: (request) => oneSubAccount(request, state) },
    { ...locking, path: `${common.path}/:user_id/lock`, handle: (request) => lock(request, state, true) },
    { ...locking, path: `${common.path}/:user_id/unlock`, handle: (request) => lock(request, state, false) },
  ];
}

function createSubAccount({ params }: Request, state: GateState): unknown {
  if (params.login_name === undefined) throw refuse("parameterMissing", "missing required param: login_name");
  const parsed = createInput.safeParse(params);
  if (!parsed.success) throw refuse("parameter", `invalid argument: ${parsed.error.issues[0]?.path.join(".")}`);
  const { login_name: loginName, remark } = parsed.data;
  const present = [...state.subAccounts.values()];
  if (present.some((account) => account.loginName === loginName)) throw refuse("parameter", "login_name is in use already");
  if (present.length >= MOST) throw refuse("parameter", `a main account has at most ${MOST} sub-accounts`);
  return toRow(state.addSubAccount({ uid: freeUid(state), loginName, remark }));
}

function freeUid(state: GateState): string {
  const uid = String(3_000_000 + randomInt(1_000_000));
  return state.subAccounts.has(uid) ? freeUid(state) : uid;
}

/** `type` 0 is every kind, and 1 a normal one; none here is of another kind. */
function listSubAccounts({ params }: Request, state: GateState): readonly unknown[] {
  const { type = "0" } = params;
  if (type !== "0" && type !== "1") throw refuse("parameter", "invalid argument: type");
  return state.world.random.shuffle([...state.subAccounts.values()]).map(toRow);
}

function oneSubAccount(request: Request, state: GateState): unknown {
  const account = state.subAccounts.get(subAccountOf(request, state));
  return account === undefined ? undefined : toRow(account);
}

function lock(request: Request, state: GateState, frozen: boolean): undefined {
  setFrozen(state.subAccounts, subAccountOf(request, state), frozen);
}

function toRow(account: SubAccount): unknown {
  return {
    user_id: Number(account.uid),
    login_name: account.loginName,
    remark: account.remark,
    state: account.frozen === true ? 2 : 1,
    type: 1,
    email: "",
    create_time: Math.floor(account.createdAt / 1000),
  };
}

import { refuse } from "./errors";
import { type Endpoint, optional, type Request, required } from "./guard";
import type { OkxState, SubAccount } from "./state";

const NAME = /^[A-Za-z0-9]{6,20}$/;
const LABEL = /^.{6,32}$/;
const TYPES = ["1", "5", "12"];
const LARGEST_PAGE = 100;

export function subAccountEndpoints(state: OkxState): readonly Endpoint[] {
  const masterOnly = "masterOnlySubAccounts" as const;
  return [
    {
      method: "POST",
      path: "/api/v5/users/subaccount/create-subaccount",
      operation: "createSubAccount",
      rate: { requests: 1, perMs: 1000 },
      masterOnly,
      writes: true,
      ipBound: true,
      handle: (request) => createSubAccount(request, state),
    },
    {
      method: "GET",
      path: "/api/v5/users/subaccount/list",
      operation: "listSubAccounts",
      rate: { requests: 20, perMs: 2000 },
      masterOnly,
      writes: false,
      ipBound: false,
      handle: (request) => listSubAccounts(request, state),
    },
  ];
}

function createSubAccount(request: Request, state: OkxState): readonly unknown[] {
  const name = required(request, "subAcct");
  const type = required(request, "type");
  const label = optional(request, "label") ?? "";
  if (!NAME.test(name)) throw refuse("parameter", "Parameter subAcct error");
  if (!TYPES.includes(type)) throw refuse("parameter", "Parameter type error");
  if (label !== "" && !LABEL.test(label)) throw refuse("parameter", "Parameter label error");
  if (state.subAccounts.has(name)) throw refuse("subAccountTaken", "The sub-account's name is in use already.");
  const added = state.addSubAccount({ name, label, type });
  return [{ subAcct: name, label, uid: added.uid, ts: String(added.createdAt) }];
}

/** Newest first; `after` and `before` are creation times. */
function listSubAccounts(request: Request, state: OkxState): readonly unknown[] {
  const limit = readNumber(request, "limit") ?? LARGEST_PAGE;
  if (limit < 1 || limit > LARGEST_PAGE) throw refuse("parameter", "Parameter limit error");
  const after = readNumber(request, "after") ?? Number.POSITIVE_INFINITY;
  const before = readNumber(request, "before") ?? Number.NEGATIVE_INFINITY;
  const name = optional(request, "subAcct");
  const enable = optional(request, "enable");
  return [...state.subAccounts.values()]
    .filter(({ frozen = false }) => enable === undefined || enable === String(!frozen))
    .filter((account) => account.createdAt < after && account.createdAt > before)
    .filter((account) => name === undefined || account.name === name)
    .sort((left, right) => right.createdAt - left.createdAt)
    .slice(0, limit)
    .map(toRow);
}

function readNumber(request: Request, name: string): number | undefined {
  const value = optional(request, name);
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(value)) throw refuse("parameter", `Parameter ${name} error`);
  return Number(value);
}

function toRow(account: SubAccount): unknown {
  return {
    type: account.type,
    enable: account.frozen !== true,
    subAcct: account.name,
    uid: account.uid,
    label: account.label,
    mobile: "",
    gAuth: false,
    canTransOut: true,
    frozenFunc: [],
    ts: String(account.createdAt),
  };
}

import { z } from "zod";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import { EXCHANGE, type KucoinState, type Product, type SubAccount } from "./state";

export const NAME = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{7,32}$/;
/** Letters and digits, and not digits alone. */
const PASSWORD = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{7,24}$/;
/** How many there may be depends on the level, and the highest has changed: enough here for a second page. */
const MOST_SUB_ACCOUNTS = 200;
const LARGEST_PAGE = 100;

const createInput = z.object({
  subName: z.string().regex(NAME),
  password: z.string().regex(PASSWORD),
  /** One product, or some with commas between. */
  access: z.string().regex(/^(Spot|Margin|Futures)(,(Spot|Margin|Futures))*$/),
  remarks: z.string().min(1).max(24).optional(),
});
const enableInput = z.object({ uid: z.string().regex(/^[0-9]{1,15}$/) });
const whole = z
  .string()
  .regex(/^[1-9][0-9]{0,5}$/)
  .transform(Number);
const pageInput = z.object({ currentPage: whole.default(1), pageSize: whole.pipe(z.number().max(LARGEST_PAGE)).default(10) });

export function subAccountEndpoints(state: KucoinState): readonly Endpoint[] {
  const shared = { pool: "management", masterOnly: true } as const;
  const creating = { ...shared, method: "POST", operation: "createSubAccount", weight: 15 } as const;
  const enabling = { ...creating, operation: "enable" } as const;
  const enable = (product: Product) => (request: Request) => enableProduct(product, request, state);
  return [
    { ...creating, path: "/api/v2/sub/user/created", needs: "General", handle: (request) => createSubAccount(request, state) },
    { ...enabling, path: "/api/v3/sub/user/margin/enable", needs: "Margin", handle: enable("Margin") },
    { ...enabling, path: "/api/v3/sub/user/futures/enable", needs: "Futures", handle: enable("Futures") },
    {
      ...shared,
      method: "GET",
      path: "/api/v2/sub/user",
      operation: "listSubAccounts",
      weight: 20,
      needs: "General",
      handle: (request) => listSubAccounts(request, state),
    },
  ];
}

function createSubAccount({ params }: Request, state: KucoinState): unknown {
  const { subName, access, password, remarks = "" } = parse(createInput, params);
  if (state.subAccounts.has(subName)) throw refuse("parameter", "the sub-account's name is in use already");
  if (state.subAccounts.size >= MOST_SUB_ACCOUNTS) throw refuse("parameter", "too many sub-accounts");
  const asked = access.split(",");
  const products = (["Spot", "Margin", "Futures"] as const).filter((one) => one === "Spot" || asked.includes(one));
  const { uid } = state.addSubAccount({ name: subName, access: products, remarks });
  state.world.ledger.recordPassword(EXCHANGE, subName, password);
  return { uid, subName, remarks, access };
}

function enableProduct(product: Product, { params }: Request, state: KucoinState): unknown {
  const { uid } = parse(enableInput, params);
  const account = [...state.subAccounts.values()].find((one) => String(one.uid) === uid);
  if (account === undefined) throw refuse("parameter", "the sub-account does not exist");
  const has = account.access.includes(product);
  // How this is answered is not documented: this way or that.
  if (has && state.world.random.chance()) throw refuse("parameter", `the sub-account has ${product} already`);
  if (!has) state.subAccounts.set(account.name, { ...account, access: [...account.access, product] });
  return null;
}

/** Newest last. */
function listSubAccounts({ params }: Request, state: KucoinState): unknown {
  const { currentPage, pageSize } = parse(pageInput, params);
  const all = [...state.subAccounts.values()];
  const items = all.slice((currentPage - 1) * pageSize, currentPage * pageSize).map(toRow);
  return { currentPage, pageSize, totalNum: all.length, totalPage: Math.ceil(all.length / pageSize), items };
}

function toRow(account: SubAccount): unknown {
  return {
    userId: String(account.uid).padStart(24, "0"),
    uid: account.uid,
    subName: account.name,
    status: account.frozen === true ? 3 : 2,
    type: 0,
    access: account.access.length === 3 ? "All" : account.access.at(-1),
    createdAt: account.createdAt,
    remarks: account.remarks,
    tradeTypes: account.access,
    // The others want a person to log in.
    openedTradeTypes: ["Spot"],
    hostedStatus: null,
  };
}

function parse<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw refuse("parameter", `${parsed.error.issues[0]?.path.join(".") ?? "the body"} is invalid`);
}

import { z } from "zod";
import { Secret } from "../../core/secret";
import { address, flagsNamed, milliseconds, secretText } from "../answer";

/** How a key's flags are named. */
export const FLAG = /^can[A-Z]/;

/** The flags of a key. Further ones are kept, and so show as unknown. */
const flags = {
  canTrade: z.boolean(),
  canMarginLoanRepay: z.boolean(),
  canFuturesTrade: z.boolean(),
  canUniversalTransfer: z.boolean(),
  canVanillaOptions: z.boolean(),
};

/** POST sub-account/subAccountApi. The only answer with a secret. */
export const createAnswer = z.object({ apiKey: z.string().min(1), secretKey: secretText });

/** The same where a public key is registered: no secret is expected, and one that comes is passed on to be refused. */
export const registerAnswer = z.object({
  apiKey: z.string().min(1),
  secretKey: z
    .union([secretText, z.literal("")])
    .nullish()
    .transform((secret) => (secret instanceof Secret ? secret : undefined)),
});

/** One row of GET sub-account/subAccountApi. Its time is not read: whether it is of creation or of the last change is not said. */
export const keyRow = z.looseObject({ ...flags, apikey: z.string().min(1), apiName: z.string() }).refine(flagsNamed(FLAG));
export type KeyRow = z.output<typeof keyRow>;

/** GET sub-account/subAccountApi. The official SDK first called the rows `list`. */
export const listAnswer = z.preprocess(
  (body) => (isObject(body) && body.rows === undefined ? { ...body, rows: body.list } : body),
  z.object({ total: z.int().min(0), rows: z.array(keyRow) }),
);

/** GET sub-account/subAccountApi/ipRestriction. */
export const addressesAnswer = z
  .object({ ipRestrict: z.enum(["true", "false"]), ipList: z.array(address).nullish() })
  .refine(({ ipRestrict, ipList }) => ipRestrict === "false" || Array.isArray(ipList), { path: ["ipList"] });
export type AddressesAnswer = z.output<typeof addressesAnswer>;

/** POST sub-account/subAccountApi/ipRestriction. Opened is "1", bound to addresses "2". */
export const bindAnswer = z
  .object({ status: z.enum(["1", "2"]), ipList: z.array(address).nullish() })
  .refine(({ status, ipList }) => status === "1" || Array.isArray(ipList), { path: ["ipList"] });

/** POST sub-account/subAccountApiPermission. */
export const flagsAnswer = z.looseObject({ ...flags, apikey: z.string().min(1) }).refine(flagsNamed(FLAG));

/** Answers that say nothing, but for some older calls that tell a refusal so. */
export const emptyAnswer = z.object({ success: z.literal(true).optional() });

/** GET sub-account/status, one sub-account. */
export const statusAnswer = z.tuple([z.object({ isMarginEnabled: z.boolean(), isFutureEnabled: z.boolean() })]);
export type StatusAnswer = z.output<typeof statusAnswer>;

/** GET account/apiRestrictions, by a key about itself. Further flags are booleans too. */
export const parentAnswer = z
  .looseObject({
    ipRestrict: z.boolean(),
    createTime: milliseconds.positive(),
    enableReading: z.boolean(),
    enableWithdrawals: z.boolean(),
    enableInternalTransfer: z.boolean(),
    enableMargin: z.boolean(),
    enableFutures: z.boolean(),
    permitsUniversalTransfer: z.boolean(),
    enableVanillaOptions: z.boolean(),
    enableFixApiTrade: z.boolean(),
    enableFixReadOnly: z.boolean(),
    enableSpotAndMarginTrading: z.boolean(),
    enablePortfolioMarginTrading: z.boolean(),
    /** Milliseconds, in older answers: the right to trade on spot and margin ends then. */
    tradingAuthorityExpirationTime: milliseconds.optional(),
  })
  .refine(flagsNamed(/^(enable|permits)[A-Z]/));
export type ParentAnswer = z.output<typeof parentAnswer>;

/** GET sub-account/status of all: what is enabled in which. */
export const statusListAnswer = z.array(z.object({ email: z.string(), isFutureEnabled: z.boolean() }));
export type StatusRow = z.output<typeof statusListAnswer>[number];

const subAccountRow = z.object({ email: z.string().min(1), subUserId: z.int().positive(), isFreeze: z.boolean() });
export type SubAccountRow = z.output<typeof subAccountRow>;

/** GET sub-account/list. */
export const subAccountListAnswer = z.object({ subAccounts: z.array(subAccountRow) });

/** POST sub-account/virtualSubAccount. */
export const virtualAnswer = z.object({ email: z.string().min(1) });

/** POST sub-account/futures/enable. */
export const futuresAnswer = z.object({ isFuturesEnabled: z.literal(true) });

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

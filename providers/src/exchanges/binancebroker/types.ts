import { z } from "zod";
import { Secret } from "../../core/secret";
import { address, flagsNamed, milliseconds, secretText } from "../answer";

/** Some documents show ids with asterisks. Such an id names no key, and must not be taken for one. */
const apiKey = z.string().regex(/^[A-Za-z0-9]+$/);

/** Numbers and texts are both shown. */
const subAccountId = z.union([z.string().min(1), z.int()]).transform(String);

/** How flags are named. */
const FLAG = /^can[A-Z]|Trade$/;

const flags = { canTrade: z.boolean(), marginTrade: z.boolean(), futuresTrade: z.boolean() };

/** POST broker/subAccountApi. The only answer with a secret. */
export const createAnswer = z.preprocess(
  respelt("apikey", "apiKey"),
  z.object({ subaccountId: subAccountId, apiKey, secretKey: secretText }),
);

/** The same where a public key is registered: no secret is expected, and one that comes is passed on to be refused. */
export const registerAnswer = z.preprocess(
  respelt("apikey", "apiKey"),
  z.object({
    subaccountId: subAccountId,
    apiKey,
    secretKey: z
      .union([secretText, z.literal("")])
      .nullish()
      .transform((secret) => (secret instanceof Secret ? secret : undefined)),
  }),
);

/** One row of GET broker/subAccountApi, and the answer to a change of permissions. Further flags are kept, and so show as unknown. */
export const keyRow = z.preprocess(
  respelt("apiKey", "apikey"),
  z.looseObject({ subaccountId: subAccountId, apikey: apiKey, ...flags }).refine(flagsNamed(FLAG)),
);
export type KeyRow = z.output<typeof keyRow>;

/** GET broker/subAccountApi. */
export const listAnswer = z.array(keyRow);

/** POST broker/subAccountApi/permission/universalTransfer. */
export const transferAnswer = z.preprocess(
  respelt("apiKey", "apikey"),
  z.object({ apikey: apiKey, canUniversalTransfer: z.boolean() }),
);

/** GET broker/subAccountApi/ipRestriction, and the answer to a deletion from the list. */
export const addressesAnswer = z
  .object({ ipRestrict: z.enum(["true", "false"]), ipList: z.array(address).nullish() })
  .refine(({ ipRestrict, ipList }) => ipRestrict === "false" || Array.isArray(ipList), { path: ["ipList"] });
export type AddressesAnswer = z.output<typeof addressesAnswer>;

/** POST broker/subAccountApi/ipRestriction. Opened is "1", bound to addresses "2". */
export const bindAnswer = z
  .object({ status: z.enum(["1", "2"]), ipList: z.array(address).nullish() })
  .refine(({ status, ipList }) => status === "1" || Array.isArray(ipList), { path: ["ipList"] });

/** Answers that say nothing, but for some older calls that tell a refusal so. */
export const emptyAnswer = z.object({ success: z.literal(true).optional() });

/** GET account/apiRestrictions, by the parent about itself. Further flags are booleans too. */
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
  })
  .refine(flagsNamed(/^(enable|permits)[A-Z]/));
export type ParentAnswer = z.output<typeof parentAnswer>;

/** One row of GET broker/subAccount, and the answer of POST. The tag of one without is empty. */
export const subAccountRow = z.object({ subaccountId: subAccountId, tag: z.string() });
export type SubAccountRow = z.output<typeof subAccountRow>;

/** GET broker/subAccount. */
export const subAccountListAnswer = z.array(subAccountRow);

/** GET broker/subAccount/marginSummary. Balances are not read. */
export const marginAnswer = z.object({ data: z.array(z.object({ subAccountId, marginEnable: z.boolean() })) });

/** GET broker/subAccount/futuresSummary. Balances are not read. */
export const futuresAnswer = z.object({ data: z.array(z.object({ subAccountId, futuresEnable: z.boolean() })) });

/** POST broker/subAccount/margin and /futures. */
export const enableAnswer = z.object({ enableMargin: z.literal(true) }).or(z.object({ enableFutures: z.literal(true) }));

/** The id of a key is spelt in two ways. Public clients differ about where. */
function respelt(other: string, name: string): (body: unknown) => unknown {
  return (body) => {
    if (typeof body !== "object" || body === null || Array.isArray(body) || !(other in body) || name in body) return body;
    const { [other]: value, ...rest } = body as Readonly<Record<string, unknown>>;
    return { ...rest, [name]: value };
  };
}

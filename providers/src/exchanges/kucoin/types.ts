import { z } from "zod";
import { address, commaList, milliseconds, secretText } from "../answer";

/** As documents show an address some of whose numbers are hidden. */
const masked = z.string().regex(/^(?=.*[0-9])(?=.*\*)([0-9]{1,3}|\*\*)(\.([0-9]{1,3}|\*\*)){1,3}$/);

/** Left out where it would be empty. */
const addresses = commaList(address.or(masked)).default([]);

/** POST sub/api-key. The only answer with a secret. It repeats the passphrase, which we chose and know. */
export const createAnswer = z.object({ data: z.object({ apiKey: z.string().min(1), apiSecret: secretText }) });

/** One row of GET sub/api-key. */
export const keyRow = z.object({
  apiKey: z.string().min(1),
  remark: z.string(),
  permission: z.string(),
  ipWhitelist: addresses,
  createdAt: milliseconds,
});
export type KeyRow = z.output<typeof keyRow>;

export const listAnswer = z.object({ data: z.array(keyRow) });

/** GET user/api-key, by a key about itself. Newer documents add when it ends. Older answers and keys without an end lack it. */
export const parentAnswer = z.object({
  data: z
    .object({
      permission: z.string(),
      ipWhitelist: addresses,
      createdAt: milliseconds,
      expiredAt: milliseconds.nullish(),
      isMaster: z.boolean(),
      /** A master's key has none. */
      subName: z.string().min(1).optional(),
    })
    .refine(({ isMaster, subName }) => isMaster || subName !== undefined, { path: ["subName"] }),
});
export type ParentAnswer = z.output<typeof parentAnswer>;

/** One row of GET v2/sub/user. */
const subAccountRow = z.object({
  uid: z.int().positive(),
  subName: z.string().min(1),
  /** 2 enabled, 3 frozen. */
  status: z.union([z.literal(2), z.literal(3)]),
  /** What the master gave it. What of that is opened is another field, and asks for a login where it is not. */
  tradeTypes: z.array(z.string()),
});
export type SubAccountRow = z.output<typeof subAccountRow>;

export const subAccountListAnswer = z.object({
  data: z.object({ totalNum: z.int().nonnegative(), items: z.array(subAccountRow) }),
});

/** POST v2/sub/user/created. It does not repeat the password. */
export const subAccountAnswer = z.object({ data: z.object({ uid: z.int().positive(), subName: z.string().min(1) }) });

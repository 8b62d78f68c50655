import { z } from "zod";
import { milliseconds, secretText } from "../answer";

/** A comma list, left out where it would be empty. */
const list = z.string().nullish();

/** POST sub/api-key. The only answer with a secret. It repeats the passphrase, which we chose and know. */
export const createAnswer = z.object({ data: z.object({ apiKey: z.string().min(1), apiSecret: secretText }) });

/** One row of GET sub/api-key. */
export const keyRow = z.object({
  apiKey: z.string().min(1),
  remark: z.string(),
  permission: z.string(),
  ipWhitelist: list,
  createdAt: milliseconds,
});
export type KeyRow = z.output<typeof keyRow>;

export const listAnswer = z.object({ data: z.array(keyRow) });

/** GET user/api-key, by a key about itself. Newer documents add when it ends; older answers and keys without an end lack it. */
export const parentAnswer = z.object({
  data: z.object({
    permission: z.string(),
    ipWhitelist: list,
    createdAt: milliseconds,
    expiredAt: milliseconds.nullish(),
    isMaster: z.boolean(),
    subName: z.string().nullish(),
  }),
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

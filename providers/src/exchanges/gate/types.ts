import { z } from "zod";
import { address, seconds as inSeconds, secretText } from "../answer";

/** One group of permissions. With `read_only` it allows GET requests only. */
export interface Permission {
  readonly name: string;
  readonly read_only: boolean;
}

const addresses = z.array(address);
/** Markets that a key is kept to. None means all. */
const markets = z.array(z.string().min(1));
const perms = z.array(z.object({ name: z.string().min(1), read_only: z.boolean() }));
/** Seconds since 1970: numbers in the examples of SubAccountApi, texts in the schema of AccountApi. */
const seconds = z.union([
  inSeconds,
  z
    .string()
    .regex(/^[0-9]{1,12}$/)
    .transform(Number)
    .pipe(inSeconds),
]);

/** POST sub_accounts/{user_id}/keys. The only answer with a secret. */
export const createAnswer = z.object({ key: z.string().min(1), secret: secretText });

/** One row of GET sub_accounts/{user_id}/keys. Whatever else it may hold is left behind here. */
const keyRow = z.object({
  key: z.string().min(1),
  name: z.string(),
  /** 1 is normal. Documents disagree which of 2 and 3 is locked and which is frozen. */
  state: z.int(),
  perms,
  ip_whitelist: addresses,
  created_at: seconds,
});
export type KeyRow = z.output<typeof keyRow>;

export const listAnswer = z.array(keyRow);

/** A key of the main account: masked in the example, and only its mode in the schema. AccountApi: main_keys, 2026-11-22. */
const mainKey = z.object({
  currency_pairs: markets,
  key: z.union([z.string().min(1), z.object({ mode: z.int() })]),
  perms,
  ip_whitelist: addresses,
  created_at: seconds,
});
export type MainKey = z.output<typeof mainKey>;

/** GET account/main_keys: a list in the example, one object in the schema and the SDKs. AccountApi: main_keys, 2026-11-22. */
export const mainKeysAnswer = z.union([z.array(mainKey), mainKey.transform((key) => [key])]);

/** POST sub_accounts, and one row of GET sub_accounts. */
export const subAccountAnswer = z.object({
  user_id: z.int().positive(),
  login_name: z.string().min(1),
  /** 1 is normal, 2 is locked. */
  state: z.int(),
});
export type SubAccountRow = z.output<typeof subAccountAnswer>;

/** GET sub_accounts. */
export const subAccountListAnswer = z.array(subAccountAnswer);

/** GET account/detail, by any key about itself. It tells no permissions. AccountApi: account detail, 2026-11-22. */
export const detailAnswer = z.object({
  user_id: z.union([z.int(), z.string().min(1)]).transform(String),
  ip_whitelist: addresses,
  currency_pairs: markets,
});
export type DetailAnswer = z.output<typeof detailAnswer>;

import { z } from "zod";
import { address, commaList, milliseconds, secretText } from "../answer";

/** Milliseconds, as a text. */
const time = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number)
  .pipe(milliseconds);

/** POST users/subaccount/apikey. The only answer with a secret. */
export const createAnswer = z.object({
  data: z.tuple([z.object({ apiKey: z.string().min(1), secretKey: secretText, passphrase: secretText })]),
});

/** One row of GET users/subaccount/apikey. All values are text. */
export const keyRow = z.object({
  apiKey: z.string().min(1),
  label: z.string(),
  perm: z.string(),
  ip: commaList(address),
  /** Creation. */
  ts: time,
});
export type KeyRow = z.output<typeof keyRow>;

export const listAnswer = z.object({ data: z.array(keyRow) });

/** GET account/config, by the parent about itself. */
export const parentAnswer = z.object({
  data: z.tuple([z.object({ uid: z.string().min(1), mainUid: z.string().min(1), perm: z.string(), ip: commaList(address) })]),
});
export type ParentAnswer = z.output<typeof parentAnswer>;

/** One row of GET users/subaccount/list. */
export const subAccountRow = z.object({
  subAcct: z.string().min(1),
  uid: z.string().min(1),
  enable: z.boolean(),
  /** Creation. */
  ts: time,
});
export type SubAccountRow = z.output<typeof subAccountRow>;

export const subAccountListAnswer = z.object({ data: z.array(subAccountRow) });

/** POST users/subaccount/create-subaccount. */
export const subAccountAnswer = z.object({ data: z.tuple([z.object({ subAcct: z.string().min(1), uid: z.string().min(1) })]) });

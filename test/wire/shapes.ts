import { z } from "zod";
import { canonicalAddress } from "../../providers/src/core/addresses";
import { SCOPES } from "../../providers/src/core/words";
import type { GoldenCall } from "./golden";

const id = z.string().min(1);
const scopes = z.array(z.enum(SCOPES));
const texts = z.array(z.string());
/** Some exchanges show addresses with hidden numbers. */
const addresses = z.array(
  z.string().refine((text) => canonicalAddress(text) !== undefined || /^[0-9*.]*\*\*[0-9*.]*$/.test(text)),
);
const time = z.iso.datetime();

const key = z.strictObject({
  apiKey: id,
  label: z.string(),
  scopes,
  unknownFlags: texts,
  ipWhitelist: addresses,
  createdAt: time.optional(),
  expiresAt: time.optional(),
  expired: z.boolean(),
  blocked: z.boolean().optional(),
});

const subAccount = z.strictObject({
  id,
  name: z.string(),
  uid: id.optional(),
  frozen: z.boolean(),
  products: scopes.optional(),
});

const parent = z.strictObject({
  isMaster: z.boolean().optional(),
  scopes,
  subAccount: id.optional(),
  ipWhitelist: addresses,
  ipBound: z.boolean().optional(),
  unknownFlags: texts.optional(),
  hides: z.array(z.literal("scopes")).optional(),
  createdAt: time.optional(),
  expiresAt: time.optional(),
});

/** What may come out of an adapter's operation, whatever came in. Secrets in clear, as `ask` shows them. */
export const SHAPES: Readonly<Record<GoldenCall["operation"], z.ZodType>> = {
  inspectParent: parent,
  list: z.array(key),
  find: key.optional(),
  issue: z.strictObject({ apiKey: id, secret: id.optional(), passphrase: id.optional() }),
  set: z.undefined(),
  revoke: z.undefined(),
  listSubAccounts: z.array(subAccount),
  createSubAccount: subAccount,
  enableSubAccount: z.undefined(),
};

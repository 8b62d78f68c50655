import { z } from "zod";

/** GET brokerage/key_permissions, by a key about itself. Further `can_` fields come and go: they are kept as they are. */
export const permissionsAnswer = z.looseObject({
  can_view: z.boolean(),
  can_trade: z.boolean(),
  can_transfer: z.boolean(),
  /** Empty where the key belongs to no one portfolio. */
  portfolio_uuid: z.string(),
});
export type PermissionsAnswer = z.output<typeof permissionsAnswer>;

import { z } from "zod";
import { flagsNamed } from "../answer";

/** How flags are named. */
export const FLAG = /^can_/;

/** GET brokerage/key_permissions, by a key about itself. Further flags come and go: they are kept, and so show as unknown. */
export const permissionsAnswer = z
  .looseObject({
    can_view: z.boolean(),
    can_trade: z.boolean(),
    can_transfer: z.boolean(),
    /** Empty where the key belongs to no one portfolio. */
    portfolio_uuid: z.string(),
  })
  .refine(flagsNamed(FLAG));
export type PermissionsAnswer = z.output<typeof permissionsAnswer>;

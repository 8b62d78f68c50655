import { z } from "zod";

/** GET accounts: those of the key's own profile. */
export const accountsAnswer = z.array(z.object({ profile_id: z.string().min(1) }));
export type AccountsAnswer = z.output<typeof accountsAnswer>;

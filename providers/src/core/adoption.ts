import type { Descriptor } from "../exchanges/descriptor";

/** What a person does where an exchange's API cannot. */
export const ADOPT = "Make the key by hand and declare an AdoptedApiKey";

/** Why an exchange issues no keys by API. `undefined` where it does. */
export function whyAdopted({ operations: { issue } }: Pick<Descriptor, "operations">): string | undefined {
  return issue.can === "no" || issue.can === "manual" ? issue.why : undefined;
}

import { readScopes } from "../../core/scopes";
import type { ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import type { PermissionsAnswer } from "./types";

export function fromParent(answer: PermissionsAnswer): ParentFacts {
  const grants = [...descriptor.grants.value, ...descriptor.parentGrants.value];
  const { scopes, unknownFlags } = readScopes(grants, flagsOf(answer));
  const { portfolio_uuid: portfolio } = answer;
  return {
    scopes,
    ...(unknownFlags.length === 0 ? {} : { unknownFlags }),
    ...(portfolio === "" ? {} : { subAccount: portfolio }),
    ipWhitelist: [],
  };
}

/** Whatever is not plainly off is a flag. */
function flagsOf(answer: PermissionsAnswer): readonly string[] {
  const flags = Object.entries(answer).filter(([name, value]) => name.startsWith("can_") && value !== false);
  return flags.map(([name]) => name);
}

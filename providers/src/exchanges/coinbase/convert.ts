import { readScopes } from "../../core/scopes";
import type { ParentFacts } from "../adapter";
import { descriptor } from "./descriptor";
import { FLAG, type PermissionsAnswer } from "./types";

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

/** Every flag that is on. */
function flagsOf(answer: PermissionsAnswer): readonly string[] {
  const flags = Object.entries(answer).filter(([name, value]) => FLAG.test(name) && value === true);
  return flags.map(([name]) => name);
}

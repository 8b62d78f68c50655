import type { ResourceValidationPolicy } from "@pulumi/policy";
import { EGRESS_ADDRESSES } from "../key";
import { textOf, UNKNOWN } from "../preview";
import { described, withRemedy } from "../rule";

const SHORTEST_REASON = 10;

const about = {
  name: "given-addresses-with-reason",
  displayName: "Given addresses have a reason",
  description: "Addresses that the stack does not allocate itself are declared with a reason.",
  severity: "medium",
  remediation: `Say in reason, in ${SHORTEST_REASON} letters or more, who holds these addresses and why they stay ours`,
} as const;

/** An address that somebody else can release belongs to a stranger tomorrow, and the whitelist lets the stranger in. */
export const givenAddressesWithReason: ResourceValidationPolicy = {
  ...described(about),
  validateResource: ({ type, name, props }, report) => {
    if (type !== EGRESS_ADDRESSES) return;
    const reason = textOf(props, "reason");
    if (textOf(props, "mode") !== "given" || reason === UNKNOWN) return;
    if (reason === undefined || reason.trim().length < SHORTEST_REASON) {
      report(withRemedy(`${name}: uses given addresses without a reason`, about));
    }
  },
};

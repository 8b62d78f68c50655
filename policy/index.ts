/** `pulumi preview --policy-pack policy`: loading this file serves the pack to the CLI. docs/policies.md describes every rule. */
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";

new PolicyPack("exchange-keys", {
  displayName: "Exchange keys",
  description: "Rules for exchange API keys, their addresses and the KMS key that seals them.",
  enforcementLevel: "mandatory",
  policies: [...policies],
});

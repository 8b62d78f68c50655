import type { Input } from "@pulumi/pulumi";

/** Tags that a person gives. */
export type Tags = Readonly<Record<string, Input<string>>>;

/** Who a resource belongs to: a deployer's policy can be bound to this tag. */
const OWNER_TAG = "exchange-keys:owner";

/** Tags of a resource of ours. What a person gives comes before ours, so that it cannot take it away. */
export function tagsOf(name: string, owner: string, tags: Tags = {}): Record<string, Input<string>> {
  return { ...tags, Name: name, [OWNER_TAG]: owner };
}

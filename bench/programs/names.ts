import * as pulumi from "@pulumi/pulumi";

const count = new pulumi.Config("bench").requireNumber("count");

/** Of as many resources as `bench:count` says. */
export const names: readonly string[] = Array.from({ length: count }, (_, index) => `bench-${String(index).padStart(4, "0")}`);

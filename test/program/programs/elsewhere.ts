import * as pulumi from "@pulumi/pulumi";

/** A resource of another provider with one output, which a first preview does not know. */
export class Elsewhere extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;
}

export function elsewhere(name: string, value: string): Elsewhere {
  return new Elsewhere("test:index:Elsewhere", name, { value });
}

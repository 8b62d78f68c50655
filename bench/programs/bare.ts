/** `bench:count` resources of the barest dynamic provider. */
import * as pulumi from "@pulumi/pulumi";
import { names, trigger } from "./names";

// From a real package, as ours is, so that both closures are one `require`.
const noop = require(require.resolve("exchange-keys-bench-noop", { paths: [process.cwd()] })) as pulumi.dynamic.ResourceProvider;

class Bare extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(noop, name, { name, purpose: "bench", addresses: ["127.0.10.1"], trigger });
  }
}

for (const name of names) new Bare(name);

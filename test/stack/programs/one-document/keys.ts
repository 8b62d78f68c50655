import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey, type Scope } from "pulumi-exchange-keys";

/** Keys by name: who made each, where it is published, and what its resource was called before. */
export type Places = Readonly<Record<string, { readonly by: "api" | "person"; readonly publish: string; readonly was?: string }>>;

/** What `places:declared` has. */
export function declareKeys(): Readonly<Record<string, pulumi.Output<string>>> {
  const config = new pulumi.Config("places");
  const entries = Object.entries(config.requireObject<Places>("declared")).map(([name, { by, publish, was }]) => {
    const options = was === undefined ? {} : { aliases: [{ name: was }] };
    const common = { account: "bybit-main", ipWhitelist: ["127.0.10.1"], bot: name, purpose: "market-making", publish };
    const scopes = config.requireObject<Scope[]>("scopes");
    const key =
      by === "person"
        ? new AdoptedApiKey(name, { ...common, scopes: ["read"] }, options)
        : new ApiKey(name, { ...common, subAccount: "100001", scopes, seal: config.require("seal") }, options);
    return [name, key.document] as const;
  });
  return Object.fromEntries(entries);
}

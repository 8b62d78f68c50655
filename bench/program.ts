/** `bench:count` resources of `bench:kind`: ours, or bare ones that do nothing. */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, type Scope } from "pulumi-exchange-keys";
import { placeOf } from "./spread";

const config = new pulumi.Config("bench");
const folder = config.require("folder");
const names = Array.from({ length: config.requireNumber("count") }, (_, index) => `bench-${String(index).padStart(4, "0")}`);

/** From a real package too, so that both closures are one `require`. */
const noop = require(require.resolve("exchange-keys-bench-noop", { paths: [process.cwd()] })) as pulumi.dynamic.ResourceProvider;

class Bare extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(noop, name, { name, purpose: "bench", addresses: ["127.0.10.1"] });
  }
}

const accounts = new pulumi.Config("exchange-keys").requireObject<Record<string, { readonly exchange: string }>>("accounts");
const aliases = new Map(Object.entries(accounts).map(([alias, { exchange }]) => [exchange, alias]));

function key(name: string, index: number): ApiKey {
  const { exchange, subAccount, scopes } = placeOf(index);
  return new ApiKey(name, {
    account: aliases.get(exchange) ?? "",
    subAccount,
    bot: "bench-1",
    purpose: "bench",
    scopes: scopes.map((scope) => scope as Scope),
    ipWhitelist: ["127.0.10.1"],
    seal: `local://${folder}/sealing.key`,
    publish: `file://${folder}/documents/${name}.json`,
  });
}

if (config.require("kind") === "keys") names.map(key);
else for (const name of names) new Bare(name);

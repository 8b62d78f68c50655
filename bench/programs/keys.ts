/** `bench:count` keys, spread over exchanges and sub-accounts. */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, type Scope } from "pulumi-exchange-keys";
import { placeOf } from "../spread";
import { names } from "./names";

const folder = new pulumi.Config("bench").require("folder");
const accounts = new pulumi.Config("exchange-keys").requireObject<Record<string, { readonly exchange: string }>>("accounts");
const aliases = new Map(Object.entries(accounts).map(([alias, { exchange }]) => [exchange, alias]));

function declareKey(name: string, index: number): void {
  const { exchange, subAccount, scopes } = placeOf(index);
  new ApiKey(name, {
    account: aliases.get(exchange) ?? "",
    subAccount,
    bot: "bench-1",
    purpose: "bench",
    scopes: scopes.map((scope) => scope as Scope),
    ipWhitelist: ["127.0.10.1"],
    seal: `local://${folder}/seal.key`,
    publish: `file://${folder}/keys/${name}.json`,
  });
}

names.forEach(declareKey);

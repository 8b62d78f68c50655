import * as pulumi from "@pulumi/pulumi";
import { ApiKey, type Scope } from "pulumi-exchange-keys";
import { placeOf } from "../spread";
import { trigger } from "./names";

const folder = new pulumi.Config("bench").require("folder");
const accounts = new pulumi.Config("exchange-keys").requireObject<Record<string, { readonly exchange: string }>>("accounts");
const aliases = new Map(Object.entries(accounts).map(([alias, { exchange }]) => [exchange, alias]));

/** The key of a place of the bench, bound to these addresses. */
export function declareKey(name: string, index: number, ipWhitelist: pulumi.Input<string>[]): void {
  const { exchange, subAccount, scopes } = placeOf(index);
  new ApiKey(name, {
    account: aliases.get(exchange) ?? "",
    subAccount,
    bot: "bench-1",
    purpose: "bench",
    scopes: scopes.map((scope) => scope as Scope),
    ipWhitelist,
    rotate: { every: "30d", overlap: "24h", trigger },
    seal: `local://${folder}/seal.key`,
    publish: `file://${folder}/keys/${name}.json`,
  });
}

/** Where keys of the bench are used. */
export const ADDRESSES: readonly string[] = ["127.0.10.1"];

/** Sub-accounts as the configuration has them, and a key of each, whose owner a first preview does not know. */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, type Scope, SubAccount, type SubAccountArgs } from "pulumi-exchange-keys";

type Owner = Pick<SubAccountArgs, "account" | "name" | "products" | "remark"> & { readonly scopes: Scope[] };

const config = new pulumi.Config("owners");
const folder = config.require("folder");

const keys = Object.entries(config.requireObject<Record<string, Owner>>("declared")).map(([name, { scopes, ...args }]) => {
  const owner = new SubAccount(name, args);
  const key = new ApiKey(`${name}-key`, {
    account: args.account,
    subAccount: owner.id,
    bot: "mm-1",
    purpose: "market-making",
    scopes,
    ipWhitelist: ["127.0.10.1"],
    seal: `local://${folder}/sealing.key`,
    publish: `file://${folder}/documents/${name}.json`,
  });
  return [name, { id: owner.id, made: owner.made, serial: key.serial }] as const;
});

export const owners = Object.fromEntries(keys);

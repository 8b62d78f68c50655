/** The desk's own program, and sub-accounts beside its keys. */
import * as pulumi from "@pulumi/pulumi";
import { SubAccount, type SubAccountArgs } from "pulumi-exchange-keys";

export * from "../../../../index";

const declared = new pulumi.Config("owners").requireObject<Record<string, SubAccountArgs>>("declared");
for (const [name, args] of Object.entries(declared)) new SubAccount(name, args);

/** One sealing key, and access for the bots of `test:access`. */
import * as pulumi from "@pulumi/pulumi";
import { BotAccess, SealingKey } from "pulumi-exchange-keys/aws";
import { elsewhere } from "./elsewhere";

interface Access {
  readonly name: string;
  readonly bot: string;
  readonly role: string;
  /** Whether the role comes from another resource. */
  readonly late?: boolean;
}

const config = new pulumi.Config("test");
const deployer = "arn:aws:iam::123456789012:role/desk/deployer";

const key = new SealingKey("sealing", {
  administrators: [deployer],
  sealers: [deployer],
  openers: config.requireObject<string[]>("openers"),
});

for (const { name, bot, role, late = false } of config.requireObject<Access[]>("access")) {
  new BotAccess(name, { bot, role: late ? elsewhere(`${name}-role`, role).value : role, key });
}

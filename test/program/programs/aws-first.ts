/** Addresses, key and access as a program declares them, and one key bound to both. */
import { ApiKey } from "pulumi-exchange-keys";
import { BotAccess, EgressAddresses, SealingKey } from "pulumi-exchange-keys/aws";

const role = "arn:aws:iam::123456789012:role/bots/mm-1";
const deployer = "arn:aws:iam::123456789012:role/desk/deployer";

const egress = new EgressAddresses("egress", {
  mode: "natPerZone",
  zones: { "eu-west-1a": { generation: 2, draining: [1] }, "eu-west-1b": { generation: 1 } },
});
const seal = new SealingKey("seal", { administrators: [deployer], sealers: [deployer], openers: [role] });
new BotAccess("mm-1", { bot: "mm-1", role, key: seal });

const bound = new ApiKey("bound", {
  account: "bybit",
  subAccount: "100001",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read"],
  ipWhitelist: egress.addressesFor("mm-1"),
  seal: seal.reference,
  publish: "file:///bound.json",
});

export const apiKeys = { bound: bound.document };

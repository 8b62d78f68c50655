/** A sub-account, a key of it whose owner a first preview does not know, and a key that a person made, apart from both. */
import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey, type Scope, SubAccount } from "pulumi-exchange-keys";

const config = new pulumi.Config("adopted");
const folder = config.require("folder");
const seal = `local://${folder}/sealing.key`;
const publish = (name: string): string => `file://${folder}/documents/${name}.json`;
const account = config.require("account");
const scopes = config.requireObject<Scope[]>("scopes");

const owner = new SubAccount("owner", { account, name: config.require("subAccount") });

const bot = new ApiKey("bot", {
  account,
  subAccount: owner.id,
  bot: "mm-1",
  purpose: "market-making",
  scopes,
  ipWhitelist: ["127.0.10.1"],
  seal,
  publish: publish("bot"),
});

const treasury = new AdoptedApiKey("treasury", {
  account,
  bot: "treasury-1",
  purpose: "treasury",
  scopes,
  ipWhitelist: ["127.0.0.1"],
  verifyFrom: ["127.0.0.1"],
  seal,
  publish: publish("treasury"),
});

export const subAccount = owner.id;
export const serials = { bot: bot.serial, treasury: treasury.serial };

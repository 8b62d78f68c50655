/** Mistakes in sub-accounts and keys, of which one sub-account comes from another resource. */
import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey, SubAccount } from "pulumi-exchange-keys";
import { elsewhere } from "./elsewhere";

const nameless = new SubAccount("nameless", { account: "bybit" });
const oddly = new SubAccount("oddly", { account: "bybit", name: "no digits", products: ["futures"], remark: "of the desk" });
const later = new SubAccount("later", { account: "bybit", name: elsewhere("its-name", "never judged early").value });
const key = new ApiKey("key", {
  account: "bybit",
  subAccount: oddly.id,
  bot: "Not A Bot",
  purpose: "market-making",
  scopes: ["read"],
  ipWhitelist: [],
  seal: "local:///sealing.key",
  publish: "file:///key.json",
});
const treasury = new AdoptedApiKey("treasury", {
  account: "bybit",
  bot: "treasury",
  purpose: "treasury",
  scopes: ["withdraw", "spot"],
  ipWhitelist: ["52.1.2.3"],
  maxAge: "for ever",
  publish: "file:///treasury.json",
});

export const apiKeys = pulumi.all([nameless, oddly, later, key, treasury].map(({ urn }) => urn));

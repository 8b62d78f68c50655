/** Keys that are published to one place, spelled differently: one place comes from another resource, and one key was made by a person. */
import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey } from "pulumi-exchange-keys";
import { elsewhere } from "./elsewhere";

const made = {
  account: "bybit",
  subAccount: "100001",
  bot: "mm-1",
  purpose: "market-making",
  ipWhitelist: ["127.0.0.1"],
  seal: "local:///sealing.key",
};
const first = new ApiKey("first", { ...made, scopes: ["read"], publish: "ssm:///desk/mm?region=eu-west-1&tier=advanced" });
const second = new ApiKey("second", { ...made, scopes: ["read"], publish: "ssm:///desk/mm" });
const elsewhereToo = new ApiKey("elsewhere", { ...made, scopes: ["read"], publish: "ssm:///desk/mm?region=us-east-1" });
const treasury = new AdoptedApiKey("treasury", {
  account: "bybit",
  bot: "treasury",
  purpose: "treasury",
  scopes: ["read", "withdraw"],
  ipWhitelist: ["127.0.0.1"],
  publish: "ssm:///desk/mm?tier=standard&region=eu-west-1",
});
const late = new ApiKey("late", {
  ...made,
  scopes: ["read"],
  publish: elsewhere("place", "s3://desk-keys/mm.json?region=eu-west-1").value,
});
const later = new ApiKey("later", { ...made, scopes: ["read"], publish: "s3://desk-keys/mm.json" });

export const apiKeys = pulumi.all([first, second, elsewhereToo, treasury, late, later].map(({ urn }) => urn));

/** Two keys of one identity whose sub-account comes from another resource. */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-exchange-keys";
import { elsewhere } from "./elsewhere";

const subAccount = elsewhere("sub-account", "100001").value;
const key = (resource: string): ApiKey =>
  new ApiKey(resource, {
    account: "bybit",
    subAccount,
    name: "same",
    bot: "mm-1",
    purpose: "market-making",
    scopes: ["read"],
    ipWhitelist: [],
    seal: "local:///sealing.key",
    publish: `file:///${resource}.json`,
  });

export const apiKeys = pulumi.all([key("first"), key("second")].map(({ urn }) => urn));

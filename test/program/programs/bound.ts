/** A key bound to an address that another resource provides. */
import { ApiKey } from "pulumi-exchange-keys";
import { elsewhere } from "./elsewhere";

const address = elsewhere("address", "52.1.2.3").value;

const key = new ApiKey("bound", {
  account: "bybit",
  subAccount: "100001",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read", "spot"],
  ipWhitelist: [address, "52.1.2.4"],
  seal: "local:///sealing.key",
  publish: "file:///bound.json",
});

export const apiKeys = { bound: key.document };

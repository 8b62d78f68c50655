import type { Sdk } from "../sdk";

export const sdk = {
  registry: "npm",
  name: "coinbase-api",
  calls: {
    read: { step: "use", method: "getAccounts", request: "GET /accounts" },
  },
} as const satisfies Sdk;

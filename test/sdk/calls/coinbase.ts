import type { Sdk } from "../sdk";

export const sdk = {
  registry: "npm",
  name: "coinbase-api",
  calls: {
    inspect: { step: "use", method: "getApiKeyPermissions", request: "GET /api/v3/brokerage/key_permissions" },
  },
} as const satisfies Sdk;

import type { Sdk } from "../sdk";

export const sdk = {
  registry: "npm",
  name: "bybit-api",
  calls: {
    create: { step: "create", method: "createSubUIDAPIKey", request: "POST /v5/user/create-sub-api" },
    list: { step: "list", method: "getSubAccountAllApiKeys", request: "GET /v5/user/sub-apikeys" },
    update: { step: "update", method: "updateSubApiKey", request: "POST /v5/user/update-sub-api" },
    remove: { step: "delete", method: "deleteSubApiKey", request: "POST /v5/user/delete-sub-api" },
    createOwner: { step: "sub-account", method: "createSubMember", request: "POST /v5/user/create-sub-member" },
    listOwners: { step: "sub-account", method: "getSubUIDListUnlimited", request: "GET /v5/user/submembers" },
  },
  notes: ["its types of an update know no `ips`, which it sends all the same"],
} as const satisfies Sdk;

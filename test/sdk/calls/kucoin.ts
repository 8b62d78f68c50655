import type { Sdk } from "../sdk";

const path = "/api/v1/sub/api-key";

export const sdk = {
  registry: "npm",
  name: "kucoin-universal-sdk",
  calls: {
    create: { step: "create", method: "addSubAccountApi", request: `POST ${path}` },
    list: { step: "list", method: "getSubAccountApiList", request: `GET ${path}` },
    update: { step: "update", method: "modifySubAccountApi", request: `POST ${path}/update` },
    remove: { step: "delete", method: "deleteSubAccountApi", request: `DELETE ${path}` },
  },
  notes: [
    "an update sends `General` and no expiry where nothing else is set",
    "`GetSubAccountApiListReq.create` without `apiKey` asks for the key named `undefined`; its builder does not",
  ],
} as const satisfies Sdk;

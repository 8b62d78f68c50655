import type { Sdk } from "../sdk";

const owners = "/api/v2/sub/user";
const path = "/api/v1/sub/api-key";

export const sdk = {
  registry: "npm",
  name: "kucoin-universal-sdk",
  calls: {
    create: { step: "create", method: "addSubAccountApi", request: `POST ${path}` },
    list: { step: "list", method: "getSubAccountApiList", request: `GET ${path}` },
    update: { step: "update", method: "modifySubAccountApi", request: `POST ${path}/update` },
    remove: { step: "delete", method: "deleteSubAccountApi", request: `DELETE ${path}` },
    createOwner: { step: "sub-account", method: "addSubAccount", request: `POST ${owners}/created` },
    listOwners: { step: "sub-account", method: "getSpotSubAccountsSummaryV2", request: `GET ${owners}` },
    enableMargin: {
      step: "sub-account",
      method: "addSubAccountMarginPermission",
      request: `POST ${owners.replace("v2", "v3")}/margin/enable`,
    },
    enableFutures: {
      step: "sub-account",
      method: "addSubAccountFuturesPermission",
      request: `POST ${owners.replace("v2", "v3")}/futures/enable`,
    },
  },
  notes: [
    "an update sends `General` and no expiry where nothing else is set",
    "`GetSubAccountApiListReq.create` without `apiKey` asks for the key named `undefined`, its builder does not",
  ],
} as const satisfies Sdk;

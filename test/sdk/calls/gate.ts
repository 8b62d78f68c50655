import type { Sdk } from "../sdk";

const keys = "/api/v4/sub_accounts/{user_id}/keys";

export const sdk = {
  registry: "npm",
  name: "gate-api",
  calls: {
    create: { step: "create", method: "createSubAccountKeys", request: `POST ${keys}` },
    list: { step: "list", method: "listSubAccountKeys", request: `GET ${keys}` },
    one: { step: "list", method: "getSubAccountKey", request: `GET ${keys}/{key}` },
    update: { step: "update", method: "updateSubAccountKeys", request: `PUT ${keys}/{key}` },
    remove: { step: "delete", method: "deleteSubAccountKeys", request: `DELETE ${keys}/{key}` },
  },
  notes: ["its model of a new key has no secret, which only the raw `response` holds"],
} as const satisfies Sdk;

import type { Sdk } from "../sdk";

const owners = "/api/v4/sub_accounts";
const keys = `${owners}/{user_id}/keys`;

export const sdk = {
  registry: "npm",
  name: "gate-api",
  calls: {
    create: { step: "create", method: "createSubAccountKeys", request: `POST ${keys}` },
    list: { step: "list", method: "listSubAccountKeys", request: `GET ${keys}` },
    one: { step: "list", method: "getSubAccountKey", request: `GET ${keys}/{key}` },
    update: { step: "update", method: "updateSubAccountKeys", request: `PUT ${keys}/{key}` },
    remove: { step: "delete", method: "deleteSubAccountKeys", request: `DELETE ${keys}/{key}` },
    createOwner: { step: "sub-account", method: "createSubAccounts", request: `POST ${owners}` },
    listOwners: { step: "sub-account", method: "listSubAccounts", request: `GET ${owners}` },
    oneOwner: { step: "sub-account", method: "getSubAccount", request: `GET ${owners}/{user_id}` },
    lockOwner: { step: "sub-account", method: "lockSubAccount", request: `POST ${owners}/{user_id}/lock` },
    unlockOwner: { step: "sub-account", method: "unlockSubAccount", request: `POST ${owners}/{user_id}/unlock` },
  },
  notes: ["its model of a new key has no secret, which only the raw `response` holds"],
} as const satisfies Sdk;

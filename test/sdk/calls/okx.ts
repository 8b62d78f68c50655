import type { Sdk } from "../sdk";

const folder = "/api/v5/users/subaccount";

export const sdk = {
  registry: "npm",
  name: "okx-api",
  calls: {
    create: { step: "create", method: "postPrivate", request: `POST ${folder}/apikey`, generic: true },
    list: { step: "list", method: "getPrivate", request: `GET ${folder}/apikey`, generic: true },
    update: { step: "update", method: "resetSubAccountAPIKey", request: `POST ${folder}/modify-apikey` },
    remove: { step: "delete", method: "postPrivate", request: `POST ${folder}/delete-apikey`, generic: true },
    createOwner: { step: "sub-account", method: "postPrivate", request: `POST ${folder}/create-subaccount`, generic: true },
    listOwners: { step: "sub-account", method: "getSubAccountList", request: `GET ${folder}/list` },
  },
  notes: [
    "its `createSubAccountAPIKey` and `createSubAccount` are of brokers: they call `broker/nd/…`",
    "it adds a `tag` to the body of every POST",
  ],
} as const satisfies Sdk;

import type { Sdk, Step } from "../sdk";

const path = "/sapi/v1/broker/subAccountApi";
const owners = "/sapi/v1/broker/subAccount";
const restriction = `${path}/ipRestriction`;
const generic = (step: Step, request: string) => ({ step, method: "send_request", request, generic: true }) as const;

export const sdk = {
  registry: "PyPI",
  name: "binance-sdk-sub-account",
  version: "8.4.0",
  calls: {
    create: generic("create", `POST ${path}`),
    list: generic("list", `GET ${path}`),
    addresses: generic("list", `GET ${restriction}`),
    permit: generic("update", `POST ${path}/permission`),
    transfer: generic("update", `POST ${path}/permission/universalTransfer`),
    bind: generic("update", `POST ${restriction.replace("v1", "v2")}`),
    unlist: generic("update", `DELETE ${restriction}/ipList`),
    createOwner: generic("sub-account", `POST ${owners}`),
    listOwners: generic("sub-account", `GET ${owners}`),
    margin: generic("sub-account", `GET ${owners}/marginSummary`),
    futures: generic("sub-account", `GET ${owners.replace("v1", "v3")}/futuresSummary`),
    enableMargin: generic("sub-account", `POST ${owners}/margin`),
    enableFutures: generic("sub-account", `POST ${owners}/futures`),
    remove: generic("delete", `DELETE ${path}`),
  },
  notes: [
    "it has no method for any call of broker sub-accounts",
    "its `send_signed_request` fails in this version before it sends anything, so the test uses `binance_common.utils.send_request`",
  ],
} as const satisfies Sdk;

import type { Sdk } from "../sdk";

const owners = "/sapi/v1/sub-account";
const path = `${owners}/subAccountApi`;
const restriction = `${path}/ipRestriction`;

export const sdk = {
  registry: "PyPI",
  name: "binance-sdk-sub-account",
  version: "8.4.0",
  calls: {
    create: { step: "create", method: "create_sub_account_api_key", request: `POST ${path}` },
    list: { step: "list", method: "query_sub_account_api_key", request: `GET ${path}` },
    addresses: { step: "list", method: "get_ip_restriction_for_a_sub_account_api_key", request: `GET ${restriction}` },
    permit: { step: "update", method: "modify_sub_account_api_key_permission", request: `POST ${path}Permission` },
    bind: {
      step: "update",
      method: "add_ip_restriction_for_sub_account_api_key",
      request: `POST ${restriction.replace("v1", "v2")}`,
    },
    unlist: {
      step: "update",
      method: "delete_ip_list_for_a_sub_account_api_key",
      request: `DELETE ${restriction}/ipList`,
    },
    createOwner: { step: "sub-account", method: "create_a_virtual_sub_account", request: `POST ${owners}/virtualSubAccount` },
    listOwners: { step: "sub-account", method: "query_sub_account_list", request: `GET ${owners}/list` },
    products: {
      step: "sub-account",
      method: "get_sub_accounts_status_on_margin_or_futures",
      request: `GET ${owners}/status`,
    },
    enableFutures: { step: "sub-account", method: "enable_futures_for_sub_account", request: `POST ${owners}/futures/enable` },
    remove: { step: "delete", method: "delete_sub_account_api_key", request: `DELETE ${path}` },
  },
  notes: [
    "it puts all parameters into the query, also of a POST",
    "it is written in Python and runs in an environment of its own",
    "it has no model for the answer to a deletion, and warns of each",
  ],
} as const satisfies Sdk;

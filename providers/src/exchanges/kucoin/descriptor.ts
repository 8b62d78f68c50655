import type { Descriptor } from "../descriptor";

/** Official SDK 1.3.0 with its specification, and the copies of the documents on signing and rate limits. */
const date = "2026-11-22";
/** Help pages, announcements and lists of error codes. */
const earlier = "2026-07-31";

/** KuCoin, keys of sub-accounts. */
export const descriptor = {
  id: "kucoin",
  title: "KuCoin",
  hosts: {
    production: { global: "api.kucoin.com", eu: "api.kucoin.eu" },
    // Its test network was closed.
    testnet: {},
  },
  credentials: ["apiKey", "secret", "passphrase"],
  operations: {
    issue: { can: "yes", source: "openapi-account-subaccount: Add sub-account API", date },
    list: { can: "yes", source: "openapi-account-subaccount: Get sub-account API List", date },
    find: {
      can: "no",
      why: "the list takes a key as a filter, but its answer for a deleted key is unconfirmed, so keys are read by listing",
      source: "openapi-account-subaccount: Get sub-account API List",
      date,
    },
    set: { can: "yes", source: "openapi-account-subaccount: Modify sub-account API", date },
    revoke: { can: "yes", source: "openapi-account-subaccount: Delete sub-account API", date },
    inspectParent: { can: "yes", source: "openapi-account-account: Get Apikey Info", date },
  },
  grants: {
    value: [
      { flag: "General", scopes: ["read"] },
      { flag: "Spot", scopes: ["read", "spot"] },
      { flag: "Margin", scopes: ["read", "margin"] },
      { flag: "Futures", scopes: ["read", "futures"] },
      { flag: "InnerTransfer", scopes: ["read", "transfer"] },
    ],
    source: "openapi-account-subaccount: Add sub-account API",
    date,
    confirmed: true,
    note: "No permission for options is known. Transfer means withdrawal and is never given to a sub-account's key. Trade is an old word for what Spot, Margin and Futures are now.",
  },
  parentGrants: {
    value: [
      { flag: "Transfer", scopes: ["read", "withdraw"] },
      { flag: "Earn", scopes: ["read", "earn"] },
    ],
    source: "openapi-account-account: Get Apikey Info",
    date,
    confirmed: true,
  },
  inPlace: {
    value: { scopes: true, ipWhitelist: true, label: false },
    source: "openapi-account-subaccount: Modify sub-account API",
    date,
    confirmed: true,
    note: "There is no remark parameter. The effect of leaving a field out is unconfirmed, so everything is sent. Only old samples show that an empty list removes the addresses.",
  },
  limits: {
    ipsPerKey: { value: 20, source: "openapi-account-subaccount: Add sub-account API", date, confirmed: true },
    keysPerSubAccount: {
      value: 10,
      source: "no document of the API, only quoted help pages",
      date,
      confirmed: false,
      note: "The smaller of the numbers named, 10 and 20: taken for the sub-account's own.",
    },
  },
  label: {
    value: { max: 24, characters: "[A-Za-z0-9]", unique: false },
    source: "openapi-account-subaccount: Add sub-account API",
    date,
    confirmed: false,
    note: "The length is documented. Allowed characters are not, and whether a remark may be used twice is unconfirmed.",
  },
  subAccount: {
    value: {
      pattern: "^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{7,32}$",
      hint: "the sub-account's name: 7 to 32 letters and digits, at least one of each",
    },
    source: "openapi-account-subaccount: Add sub-account",
    date,
    confirmed: true,
  },
  subAccounts: {
    name: {
      value: {
        pattern: "^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{7,32}$",
        hint: "7 to 32 letters and digits, at least one of each, used by nobody on the whole site",
        unique: true,
      },
      source: "openapi-account-subaccount: Add sub-account + Help: Sub-Accounts",
      date,
      confirmed: true,
    },
    remark: { value: { max: 24 }, source: "openapi-account-subaccount: Add sub-account", date, confirmed: true },
    password: {
      value: { length: 24, sets: ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"] },
      source: "openapi-account-subaccount: Add sub-account",
      date,
      confirmed: true,
      note: "7 to 24 letters and digits, not digits alone.",
    },
    products: {
      value: ["margin", "futures"],
      source:
        "openapi-account-subaccount: Add sub-account Margin Permission, Futures Permission + Get sub-account List - Summary Info",
      date,
      confirmed: true,
      note: "The parent key needs Margin and Futures itself. What is enabled is read from tradeTypes. A person who logs in to the sub-account must open once what is missing from openedTradeTypes. Whether its keys work before that is not documented.",
    },
  },
  passphrase: {
    value: {
      length: 32,
      sets: ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"],
      toManage: true,
    },
    source: "openapi-account-subaccount: Add, Modify, Delete sub-account API",
    date,
    confirmed: true,
    note: "7 to 32 characters without spaces. Letters and digits only here: a deletion carries it in the query, which is signed as it is before encoding.",
  },
  lifetimeDays: {
    value: { choices: [30, 90, 180, 360], chosen: 90 },
    source: "openapi-account-subaccount: Add, Modify sub-account API",
    date,
    confirmed: true,
    note: "No list shows the expiry. It is sent again with every change, because a change without it may lift it. Whether that starts it anew is unconfirmed, so it is counted from creation.",
  },
  whitelistForms: {
    value: { ipv6: false, cidr: false },
    source: "examples are single IPv4 addresses",
    date: earlier,
    confirmed: false,
    note: "Keys that can trade and are bound to no address lose that right or are deleted after 30 days without use. Keys that only read do not. Samples of lists show addresses with stars in them. Whether real answers do is unconfirmed. An entry with stars is taken for the declared address that it fits, each for one.",
  },
  propagationMs: { value: 1000, source: "no source", date, confirmed: false },
  rates: {
    value: {
      issue: { requests: 100, perMs: 30_000, pool: "management" },
      list: { requests: 100, perMs: 30_000, pool: "management" },
      find: { requests: 100, perMs: 30_000, pool: "management" },
      set: { requests: 66, perMs: 30_000, pool: "management" },
      revoke: { requests: 66, perMs: 30_000, pool: "management" },
      inspectParent: { requests: 100, perMs: 30_000, pool: "management" },
      time: { requests: 10, perMs: 1000 },
    },
    source: "Rate Limit + openapi-account-subaccount: weights",
    date,
    confirmed: true,
    note: "2000 in 30 s for the lowest level, weights 20 and 30. The time is public: 2000 in 30 s per address, weight 3.",
  },
  lanes: {
    value: {
      listSubAccounts: { requests: 100, perMs: 30_000, pool: "management" },
      createSubAccount: { requests: 133, perMs: 30_000, pool: "management" },
      enableSubAccount: { requests: 133, perMs: 30_000, pool: "management" },
    },
    source: "Rate Limit + openapi-account-subaccount: weights",
    date,
    confirmed: true,
    note: "Weights 20 and 15.",
  },
  requests: {
    value: { issue: { issue: 1 }, revoke: { revoke: 1 } },
    source: "openapi-account-subaccount: Get SubAccount API List",
    date,
    confirmed: true,
  },
  envelope: { code: "code", success: ["200000"], result: "data" },
  errors: {
    value: {
      "400001": "AuthFailed",
      "400002": "ClockSkew",
      "400003": "AuthFailed",
      "400004": "AuthFailed",
      "400005": "AuthFailed",
      "400006": "IpNotAllowed",
      "400007": "PermissionDenied",
      "400008": "AuthFailed",
      "400009": "AuthFailed",
      "400010": "PermissionDenied",
      "400100": "InvalidInput",
      "404000": "NotSupported",
      "411100": "AccountBlocked",
      "415000": "InvalidInput",
      "429000": "RateLimited",
    },
    source: "Error code: gateway",
    date: earlier,
    confirmed: true,
    note: "No code is documented for a duplicate remark, too many keys, or a sub-account or key that does not exist. The HTTP status of most codes is unconfirmed. ccxt makes signatures of version 2 for keys of version 3. That every call takes them is unconfirmed.",
  },
  hints: {
    "400003": "The parent key is unknown, deleted, or of the other site.",
    "400004": "The parent's passphrase is wrong.",
    "400007": "The parent must be a key of the master account with General.",
    "400008": "The parent key is of an old version: make a new one.",
    "400010": "The parent must be a key of the master account.",
    "400100":
      "This may also mean that the sub-account does not exist or holds too many keys, or that the key has another passphrase. For a new sub-account it may mean that the name is taken on this site, or that there are too many.",
  },
  rateResetHeader: {
    value: "gw-ratelimit-reset",
    source: "Rate Limit: request header",
    date,
    confirmed: true,
    note: "A countdown. Missing when the exchange is overloaded.",
  },
} satisfies Descriptor;

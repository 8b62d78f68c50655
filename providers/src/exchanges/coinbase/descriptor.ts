import type { Descriptor } from "../descriptor";

const date = "2026-11-22";
const absent = "CDP API keys + Advanced Trade API reference: no such call in either, nor in coinbase-api 1.2.6 or ccxt 4.5.84";

/** Coinbase Advanced Trade, with a secret API key of the developer platform. Keys are made, changed and deleted by a person only. */
export const descriptor: Descriptor = {
  id: "coinbase",
  title: "Coinbase Advanced Trade",
  hosts: { production: { global: "api.coinbase.com" }, testnet: {} },
  credentials: ["apiKey", "secret"],
  operations: {
    issue: { can: "manual", why: "a person makes the key at portal.cdp.coinbase.com, no API does", source: absent, date },
    list: { can: "no", why: "no API lists keys, a key can only ask about itself", source: absent, date },
    find: { can: "no", why: "no API reads another key, a key can only ask about itself", source: absent, date },
    set: { can: "manual", why: "a person changes nickname and allowlist in the portal, no API does", source: absent, date },
    revoke: { can: "manual", why: "a person deletes the key in the portal, no API does", source: absent, date },
    inspectParent: { can: "yes", source: "Get API Key Permissions", date },
  },
  grants: {
    value: [
      { flag: "can_view", scopes: ["read"] },
      { flag: "can_trade", scopes: ["spot", "futures"] },
    ],
    source: "Get API Key Permissions + Advanced Trade REST scopes",
    date,
    confirmed: true,
    note: "Trade is not split by product. The newer documents know a permission for receiving payments. The name of its flag is unconfirmed, so every further can_ field counts as a flag.",
  },
  parentGrants: {
    value: [{ flag: "can_transfer", scopes: ["transfer", "withdraw"] }],
    source: "Get API Key Permissions + Scopes",
    date,
    confirmed: true,
    note: "Moving between portfolios and sending out are one permission.",
  },
  parentHides: {
    value: ["isMaster", "ipWhitelist"],
    source: "Get API Key Permissions",
    date,
    confirmed: true,
    note: "Neither allowlist, nickname, algorithm nor time of creation is reported.",
  },
  inPlace: {
    value: { scopes: false, ipWhitelist: false, label: false },
    source: absent,
    date,
    confirmed: true,
    note: "By API. By hand, the allowlist and the nickname can be changed. For business accounts a source says the same of the permissions.",
  },
  limits: {
    ipsPerKey: {
      value: 100,
      source: "no source: a generous number",
      date,
      confirmed: false,
      note: "Nothing is sent: what a person has entered must not be refused.",
    },
    keysPerSubAccount: { value: 100, source: "no source: a generous number", date, confirmed: false },
  },
  label: {
    value: { max: 20, characters: "[A-Za-z0-9]", unique: false },
    source: "no source: a cautious form of a nickname",
    date,
    confirmed: false,
  },
  subAccount: {
    value: {
      pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      hint: "the UUID of the portfolio that the key belongs to",
    },
    source: "Get API Key Permissions + Portfolios",
    date,
    confirmed: true,
  },
  whitelistForms: {
    value: { ipv6: true, cidr: true },
    source: "Security best practices: single addresses or ranges",
    date,
    confirmed: false,
    note: "Whether IPv6 is taken is not documented.",
  },
  propagationMs: { value: 1000, source: "no source", date, confirmed: false },
  rates: {
    value: {
      issue: { requests: 2, perMs: 1000 },
      list: { requests: 2, perMs: 1000 },
      find: { requests: 2, perMs: 1000 },
      set: { requests: 2, perMs: 1000 },
      revoke: { requests: 2, perMs: 1000 },
      inspectParent: { requests: 2, perMs: 1000 },
      time: { requests: 2, perMs: 1000 },
    },
    source: "Coinbase App: 10,000 requests in an hour + secondary sources name 30 in a second",
    date,
    confirmed: false,
    note: "The pace keeps to the narrower of the two. Only inspection and time exist.",
  },
  envelope: { code: "error", success: [""], vague: ["unknown"] },
  errors: {
    value: { PERMISSION_DENIED: "PermissionDenied" },
    source: "coinbase-advanced-py issues + OctoBot-Tentacles coinbase_exchange.py",
    date,
    confirmed: true,
    note: "A 401 is the bare text Unauthorized. It stands for a bad token, an unknown or deleted key, a wrong clock, and probably an address that is not allowed. It is never taken for gone. A missing permission is a 403 with PERMISSION_DENIED, with unknown, or with no code at all.",
  },
  hints: {
    PERMISSION_DENIED: "The key lacks a permission: tick it in the portal, or adopt another key.",
  },
};

import type { Descriptor } from "../descriptor";

const date = "2026-11-22";
const absent = "Exchange REST API: authentication + API reference: no such call, nor in coinbase-api 1.2.6 or ccxt 4.5.84";

/** Coinbase Exchange, the former Pro, for institutions. Keys are made, changed and deleted by a person only, and none can be read. */
export const descriptor: Descriptor = {
  id: "coinbaseexchange",
  title: "Coinbase Exchange",
  hosts: {
    production: { global: "api.exchange.coinbase.com" },
    testnet: { global: "api-public.sandbox.exchange.coinbase.com" },
  },
  credentials: ["apiKey", "secret", "passphrase"],
  operations: {
    issue: { can: "manual", why: "a person makes the key at exchange.coinbase.com, no API does", source: absent, date },
    list: { can: "no", why: "no API lists keys", source: absent, date },
    find: { can: "no", why: "no API reads a key", source: absent, date },
    set: {
      can: "no",
      why: "no API changes a key, and whether a person can on the website is unconfirmed: make a new one",
      source: absent,
      date,
    },
    revoke: { can: "manual", why: "a person deletes the key on the website, no API does", source: absent, date },
    inspectParent: { can: "yes", source: "Get all accounts for a profile", date },
  },
  grants: {
    value: [
      { flag: "view", scopes: ["read"] },
      { flag: "trade", scopes: ["read", "spot"] },
    ],
    source: "Exchange REST API: authentication + Get all accounts for a profile",
    date,
    confirmed: true,
    note: "The boxes ticked on the website: no API shows them. A fourth, manage (settings and address book), is none of our scopes.",
  },
  parentGrants: {
    value: [{ flag: "transfer", scopes: ["transfer", "withdraw"] }],
    source: "Exchange REST API: authentication",
    date,
    confirmed: true,
    note: "Deposits and withdrawals are one permission, which passes by the second factor.",
  },
  parentHides: {
    value: ["isMaster", "scopes", "ipWhitelist"],
    source: absent,
    date,
    confirmed: true,
    note: "The accounts of the key's profile are asked for: an answer shows that the key lives and reads (view or trade), and which profile it is of.",
  },
  inPlace: {
    value: { scopes: false, ipWhitelist: false, label: false },
    source: absent,
    date,
    confirmed: true,
    note: "By API. Whether a person can on the website is unconfirmed.",
  },
  limits: {
    ipsPerKey: {
      value: 100,
      source: "no source: a generous number",
      date,
      confirmed: false,
      note: "Nothing is sent: what a person has entered must not be refused. The international exchange takes 30.",
    },
    keysPerSubAccount: {
      value: 300,
      source: "Exchange REST API: authentication",
      date,
      confirmed: true,
      note: "Of one user, in all profiles together.",
    },
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
      hint: "the UUID of the profile that the key belongs to",
    },
    source: "Exchange REST API: authentication + Get all accounts for a profile",
    date,
    confirmed: true,
  },
  whitelistForms: { value: { ipv6: true, cidr: true }, source: "no source: a generous form", date, confirmed: false },
  propagationMs: { value: 1000, source: "no source", date, confirmed: false },
  rates: {
    value: {
      issue: { requests: 10, perMs: 1000 },
      list: { requests: 10, perMs: 1000 },
      find: { requests: 10, perMs: 1000 },
      set: { requests: 10, perMs: 1000 },
      revoke: { requests: 10, perMs: 1000 },
      inspectParent: { requests: 10, perMs: 1000 },
      time: { requests: 5, perMs: 1000 },
    },
    source: "Exchange REST API: rate limits",
    date,
    confirmed: true,
    note: "A profile has 15 in a second, and 25 for accounts. Unsigned calls have 10 in a second and address. Only inspection and time exist.",
  },
  envelope: { code: "message", success: [""] },
  errors: {
    value: {
      Forbidden: "PermissionDenied",
      "Invalid API Key": "AuthFailed",
      "Invalid Passphrase": "AuthFailed",
      "IP does not match IP whitelist": "IpNotAllowed",
      NotFound: "BadResponse",
      "invalid signature": "AuthFailed",
      "request timestamp expired": "ClockSkew",
    },
    source:
      "Exchange REST API: authentication, requests + forum thread on API authentication + coinbase-pro-node issues 201 and 257",
    date,
    confirmed: false,
    note: "The message is all there is. With any other text the HTTP status counts. The one for an address is known from the feed only. NotFound speaks of what was asked for, never of a key.",
  },
  hints: {
    Forbidden: "The key lacks a permission: make another with it and adopt that.",
    "Invalid API Key": "The key is unknown or deleted, or of the other environment.",
    "Invalid Passphrase": "The passphrase is not the one chosen when the key was made. It cannot be recovered: make another key.",
  },
};

import { addresses, adoptedKey, apiKey, type Case, kmsKey, UNKNOWN } from "./samples";

/** Rules that judge one resource by itself. */
export const resourceCases: readonly Case[] = [
  {
    rule: "no-trade-with-withdraw",
    what: "a key that trades and withdraws",
    resources: [apiKey("a", { scopes: ["options", "withdraw"] }), adoptedKey("b", { scopes: ["read", "withdraw", "margin"] })],
    expected: [
      ["a", /^a: holds withdraw together with a trade scope\. Give withdraw to/],
      ["b", /^b: holds withdraw/],
    ],
  },
  {
    rule: "no-trade-with-withdraw",
    what: "also while another scope is unknown",
    resources: [apiKey("a", { scopes: ["spot", UNKNOWN, "withdraw"] })],
    expected: [["a", /holds withdraw/]],
  },
  {
    rule: "ip-whitelist-required",
    what: "a trading key without addresses, and addresses that are all there are",
    resources: [
      apiKey("a", { ipWhitelist: [] }),
      apiKey("b", { ipWhitelist: undefined }),
      apiKey("c", { ipWhitelist: ["52.1.2.3", "0.0.0.0/0"] }),
      adoptedKey("d", { ipWhitelist: ["::/0"] }),
      apiKey("e", { ipWhitelist: [], scopes: ["read"] }),
    ],
    expected: [
      ["a", /is bound to no address\. Declare ipWhitelist/],
      ["b", /is bound to no address/],
      ["c", /is bound to 0\.0\.0\.0\/0, which is every address/],
      ["d", /is bound to ::\/0/],
    ],
  },
  {
    rule: "ip-whitelist-required",
    what: "a read-only key, where that is configured",
    resources: [apiKey("a", { ipWhitelist: [], scopes: ["read"] })],
    config: { "ip-whitelist-required": { readOnlyToo: true } },
    expected: [["a", /is bound to no address/]],
  },
  {
    rule: "maximum-age",
    what: "too long an age, none, and one that only warns in production",
    resources: [
      apiKey("a", { rotate: { every: "91d", overlap: "24h" } }),
      apiKey("b", { rotate: { every: "90d", overlap: "24h" } }),
      apiKey("c", { rotate: { every: "13w", overlap: "24h" } }),
      adoptedKey("d", { maxAge: "2184h" }),
      adoptedKey("e", { maxAge: undefined }),
      adoptedKey("f", { onOverdue: "warn" }),
      adoptedKey("g", { onOverdue: "warn", environment: "testnet" }),
    ],
    expected: [
      ["a", /may become 91d old, the most is 90d\. Shorten rotate\.every/],
      ["c", /13w/],
      ["d", /2184h/],
      ["e", /has no maximum age/],
      ["f", /only warns when it is overdue/],
    ],
  },
  {
    rule: "maximum-age",
    what: "the configured number of days",
    resources: [apiKey("a"), apiKey("b", { rotate: { every: "2w", overlap: "24h" } })],
    config: { "maximum-age": { maxAgeDays: 14 } },
    expected: [["a", /may become 30d old, the most is 14d/]],
  },
  {
    rule: "purpose-required",
    what: "no purpose, an empty one and a placeholder",
    resources: [
      apiKey("a", { purpose: undefined }),
      apiKey("b", { purpose: "  " }),
      adoptedKey("c", { purpose: "TBD" }),
      apiKey("d", { purpose: "test" }),
      apiKey("e", { purpose: "testing-new-venue" }),
    ],
    expected: ["a", "b", "c", "d"].map((name) => [name, /does not say what it is for/] as const),
  },
  {
    rule: "purpose-required",
    what: "a purpose that is none of the desk's",
    resources: [apiKey("a"), apiKey("b", { purpose: "fun" })],
    config: { "purpose-required": { allowed: ["market-making", "arbitrage"] } },
    expected: [["b", /is for "fun", which is none of market-making, arbitrage/]],
  },
  {
    rule: "production-seals-with-kms",
    what: "a key file in production, and not elsewhere",
    resources: [
      apiKey("a", { seal: "local:///seal.key" }),
      apiKey("b", { seal: "local:///seal.key", environment: "sandbox" }),
      adoptedKey("c", { seal: undefined }),
    ],
    expected: [
      ["a", /is sealed by something else than KMS\. Set seal to awskms/],
      ["c", /does not say that its document is sealed by KMS/],
    ],
  },
  {
    rule: "given-addresses-with-reason",
    what: "given addresses without a reason worth the name",
    resources: [
      addresses({ mode: "given" }),
      addresses({ mode: "given", reason: "because" }),
      addresses({ mode: "given", reason: UNKNOWN }),
      addresses({ mode: "given", reason: "leased with the rack at LD4 until 2030" }),
      addresses({ mode: UNKNOWN }),
      addresses({ mode: "natPerZone" }),
    ],
    expected: [
      ["egress", /uses given addresses without a reason\. Say in reason, in 10 letters/],
      ["egress", /without a reason/],
    ],
  },
  {
    rule: "protected-kms-key",
    what: "a KMS key that can go with the stack, goes soon, or opens nothing",
    resources: [
      kmsKey({}, false),
      kmsKey({ deletionWindowInDays: 7 }),
      kmsKey({ isEnabled: false }),
      kmsKey({ deletionWindowInDays: 30, isEnabled: true }),
      kmsKey({ deletionWindowInDays: UNKNOWN }),
    ],
    expected: [
      ["seal", /can be destroyed with the stack\. Set protect: true/],
      ["seal", /would be gone 7 days after its deletion, the least is 30/],
      ["seal", /is disabled/],
    ],
  },
  {
    rule: "protected-kms-key",
    what: "the configured window",
    resources: [kmsKey({ deletionWindowInDays: 7 }), kmsKey({ deletionWindowInDays: 14 })],
    config: { "protected-kms-key": { minDeletionWindowDays: 14 } },
    expected: [["seal", /gone 7 days/]],
  },
];

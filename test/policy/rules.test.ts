import assert from "node:assert/strict";
import { EGRESS_ADDRESSES, KMS_KEY } from "../../policy/key";
import { policies } from "../../policy/policies";
import { type PackConfig, type Resource, violationsOf } from "./judge";
import { adoptedKey, apiKey, UNKNOWN } from "./samples";

interface Case {
  readonly rule: string;
  readonly what: string;
  readonly resources: readonly Resource[];
  readonly config?: PackConfig;
  /** Resource and a part of the message; none when the rule is content. */
  readonly expected: readonly (readonly [string, RegExp])[];
}

const kmsKey = (props: object = {}, protect = true): Resource => ({ type: KMS_KEY, name: "seal", props: { ...props }, protect });
const addresses = (props: object): Resource => ({ type: EGRESS_ADDRESSES, name: "egress", props: { ...props } });
const both = { scopes: ["read", "spot", "futures"] };
const unsplit = { exchange: "okx", subAccount: "desk1", ...both };

const cases: readonly Case[] = [
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
    rule: "one-key-per-bot",
    what: "two keys of one product, and not two products or two exchanges",
    resources: [
      apiKey("a", { bot: "mm-1" }),
      apiKey("b", { bot: "mm-1", scopes: ["read", "margin"], subAccount: "100002" }),
      apiKey("c", { bot: "mm-1", scopes: ["read", "futures"] }),
      apiKey("d", { bot: "mm-1", exchange: "gate" }),
    ],
    expected: [["b", /^bot mm-1 has 2 keys: "a", "b"\. Give each process/]],
  },
  {
    rule: "one-key-per-bot",
    what: "a second key at an exchange, or in the stack, where that is configured",
    resources: [apiKey("a", { bot: "mm-1" }), apiKey("c", { bot: "mm-1", scopes: ["read", "futures"] })],
    config: { "one-key-per-bot": { per: "exchange" } },
    expected: [["c", /bot mm-1 has 2 keys/]],
  },
  {
    rule: "one-key-per-bot",
    what: "a second key in the stack, where that is configured",
    resources: [apiKey("a", { bot: "mm-1" }), apiKey("d", { bot: "mm-1", exchange: "gate" })],
    config: { "one-key-per-bot": { per: "stack" } },
    expected: [["d", /bot mm-1 has 2 keys/]],
  },
  {
    rule: "one-key-per-bot",
    what: "two keys in one document",
    resources: [apiKey("a"), apiKey("b", { publish: "file:///keys/a.json" })],
    expected: [["b", /"a", "b" share one published document/]],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "a bot and a sub-account that serve both, and neither for other purposes",
    resources: [
      apiKey("a", { bot: "both", subAccount: "1" }),
      apiKey("b", { bot: "both", subAccount: "2", purpose: "arbitrage" }),
      apiKey("c", { subAccount: "1", purpose: "arbitrage" }),
      apiKey("d", { subAccount: "1", purpose: "hedging" }),
      apiKey("e", { subAccount: "1", exchange: "gate", purpose: "arbitrage" }),
    ],
    expected: [
      ["a", /^bot both serves arbitrage and market-making: "a", "b"/],
      ["a", /^sub-account production\/bybit\/bybit\/1 serves arbitrage and market-making: "a", "c"/],
    ],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "other purposes, and addresses, where that is configured",
    resources: [apiKey("a"), apiKey("b", { subAccount: "2", purpose: "hedging" })],
    config: { "market-making-apart-from-arbitrage": { apart: ["market-making", "hedging"], addressesToo: true } },
    expected: [["a", /^address 52\.1\.2\.3 serves hedging and market-making/]],
  },
  {
    rule: "spot-apart-from-futures",
    what: "both products on one key, where the exchange can separate them, whatever else is declared",
    resources: [
      apiKey("a", { ...both, exclusive: true }),
      apiKey("b", { scopes: ["margin", "options"], exchange: "new-exchange" }),
      apiKey("c", { scopes: ["futures", "options"] }),
    ],
    expected: [
      ["a", /^a: trades spot and derivatives, which Bybit separates by key\. Split it/],
      ["b", /which new-exchange separates by key/],
    ],
  },
  {
    rule: "spot-apart-from-futures",
    what: "both products in a shared sub-account, where the exchange cannot separate them",
    resources: [
      apiKey("a", unsplit),
      apiKey("b", { ...unsplit, exclusive: true }),
      apiKey("c", { ...unsplit, exclusive: false }),
      adoptedKey("d", { ...both, exchange: "coinbase" }),
      adoptedKey("e", { ...both, exchange: "coinbase", subAccount: "portfolio-1" }),
    ],
    expected: [
      ["a", /in a sub-account that others share; OKX cannot separate them by key/],
      ["c", /in a sub-account that others share/],
      ["d", /Coinbase Advanced Trade cannot separate them by key/],
    ],
  },
  {
    rule: "exclusive-sub-account-holds-one-key",
    what: "two trading keys in one sub-account, where the exchange cannot separate products by key",
    resources: [
      apiKey("a", { ...unsplit, exclusive: true }),
      apiKey("b", { ...unsplit, exclusive: true }),
      apiKey("c", { ...unsplit, scopes: ["read"] }),
      apiKey("d", { ...unsplit, subAccount: "desk2", exclusive: true }),
      apiKey("e"),
      apiKey("f"),
    ],
    expected: [["b", /^"a", "b" all trade in sub-account production\/okx\/bybit\/desk1/]],
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
      addresses({ given: { addresses: ["52.1.2.3"] } }),
      addresses({ given: ["52.1.2.3"], reason: "because" }),
      addresses({ mode: "given", reason: UNKNOWN }),
      addresses({ given: ["52.1.2.3"], reason: "leased with the rack at LD4 until 2030" }),
      addresses({ given: { addresses: ["52.1.2.3"], reason: "leased with the rack at LD4" } }),
      addresses({ given: UNKNOWN }),
      addresses({ mode: "natPerZone", zones: ["a"] }),
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

describe("the policy pack", () => {
  for (const { rule, what, resources, config, expected } of cases) {
    it(`${rule}: ${what}`, async () => {
      const found = (await violationsOf(resources, config)).filter((violation) => violation.rule === rule);
      assert.deepEqual(
        found.map(({ resource }) => resource),
        expected.map(([resource]) => resource),
        JSON.stringify(found, undefined, 1),
      );
      expected.forEach(([, message], index) => {
        assert.match(String(found[index]?.message), message);
      });
    });
  }

  it("objects to nothing in sound keys, and to nothing that is not of its types", async () => {
    const other = { type: "aws:s3/bucket:Bucket", name: "bucket", props: { scopes: ["spot", "withdraw"] } };
    assert.deepEqual(await violationsOf([apiKey("a"), adoptedKey("b"), other]), []);
  });

  it("lets every unknown value of a preview through", async () => {
    const known = [apiKey("a"), adoptedKey("b"), addresses({ given: {}, mode: "given", reason: "" }), kmsKey()];
    const whole = known.map((one) => ({
      ...one,
      props: Object.fromEntries(Object.keys(one.props).map((key) => [key, UNKNOWN])),
    }));
    assert.deepEqual(await violationsOf(whole), []);
    for (const one of [apiKey("a"), adoptedKey("b")]) {
      for (const property of Object.keys(one.props).filter((key) => key !== "environment")) {
        const props = { ...one.props, [property]: UNKNOWN };
        assert.deepEqual(await violationsOf([{ ...one, props }]), [], property);
      }
    }
    const inside = { scopes: ["read", UNKNOWN], ipWhitelist: [UNKNOWN], rotate: { every: UNKNOWN, overlap: "24h" } };
    assert.deepEqual(await violationsOf([apiKey("a", inside)]), []);
  });

  it("has a case here for each rule, and tells severity and remedy of each", () => {
    assert.deepEqual([...new Set(cases.map(({ rule }) => rule))].sort(), policies.map(({ name }) => name).sort());
    for (const { name, severity, remediationSteps, description, enforcementLevel } of policies) {
      assert.match(String(severity), /^(?:medium|high|critical)$/, name);
      assert.ok((remediationSteps ?? "").length > 20 && description.length > 20, name);
      assert.equal(enforcementLevel, "mandatory", name);
    }
  });
});

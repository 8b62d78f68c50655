import assert from "node:assert/strict";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { schedule } from "../../providers/src/core/schedule";
import type { Settings } from "../../providers/src/core/settings";
import { declaredAccount, problemsOf, type ValidationContext } from "../../providers/src/core/validate";
import { referenceProblem } from "../../providers/src/credentials/reference";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { day } from "./samples";

const SETTINGS: Settings = {
  environment: "production",
  owner: "desk",
  accounts: {
    one: { exchange: "bybit", credentials: { apiKey: "env:A", secret: "file:/run/s" } },
    two: { exchange: "okx", credentials: { apiKey: "env:A", secret: "env:B", passphrase: "env:C" } },
    odd: { exchange: "nowhere", credentials: {} },
    bad: { exchange: "bybit", credentials: { apiKey: "plain-text-key", pin: "env:X" }, site: "moon" },
  },
};

const CONTEXT: ValidationContext = {
  settings: SETTINGS,
  descriptors: DESCRIPTORS,
  sealProblems: (reference) => (reference.startsWith("local:///") ? [] : ["is not a sealing reference"]),
  deliverProblems: (reference) => (reference.startsWith("awssm://") ? [] : ["is not a place to deliver"]),
  publishProblems: (reference) => (reference.startsWith("file:///") ? [] : ["is not a place to publish"]),
  credentialProblems: (reference) => [referenceProblem(reference)].filter((problem) => problem !== undefined),
  now: day(3),
};

const GOOD = {
  environment: "production",
  owner: "desk",
  exchange: "bybit",
  account: "one",
  subAccount: "100001",
  name: "mm",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read", "spot"],
  ipWhitelist: ["52.1.2.3"],
  rotate: { every: "30d", overlap: "24h" },
  seal: "local:///key",
  publish: "file:///mm.json",
};

const OKX = { exchange: "okx", account: "two", subAccount: "mmbot001" };
const ALL_TRADE = ["read", "spot", "margin", "futures", "options", "borrow", "transfer", "convert", "earn"];

function found(changes: Readonly<Record<string, unknown>>, olds?: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf({ ...GOOD, ...changes }, olds, CONTEXT).map(({ property, reason }) => `${property} ${reason}`);
}

describe("check refuses", () => {
  it("an environment that the exchange does not have", () => {
    const descriptor = DESCRIPTORS.find(({ id }) => id === GOOD.exchange);
    assert.ok(descriptor !== undefined);
    const hosts = { ...descriptor.hosts, testnet: {} };
    const context = {
      ...CONTEXT,
      descriptors: [{ ...descriptor, hosts }],
      settings: { ...SETTINGS, environment: "testnet" as const },
    };
    const reasons = problemsOf({ ...GOOD, environment: "testnet" }, undefined, context).map(({ property, reason }) => [
      property,
      reason,
    ]);
    assert.deepEqual(reasons, [
      ["account", `${descriptor.title} has no testnet where keys can be made; try them in the sandbox`],
    ]);
  });

  for (const can of ["manual", "no"] as const) {
    it(`keys that no API issues (${can}), before all else and with what to declare instead`, () => {
      const [descriptor] = DESCRIPTORS;
      assert.ok(descriptor !== undefined);
      const issue = { can, why: "a person does", source: "here", date: "2026-01-01" } as const;
      const closed = { ...descriptor, operations: { ...descriptor.operations, issue } };
      const accounts = { closed: { exchange: closed.id, credentials: {} } };
      const context = { ...CONTEXT, descriptors: [closed], settings: { ...SETTINGS, accounts } };
      const declared = { ...GOOD, exchange: closed.id, account: "closed", subAccount: "not one", scopes: ["withdraw"], bot: "" };
      const [first, ...others] = problemsOf({ ...declared, ipWhitelist: ["x"] }, undefined, context);
      assert.deepEqual(first, {
        property: "account",
        reason: `is of ${closed.title}: a person does. Make the key by hand and declare an AdoptedApiKey`,
      });
      const properties = new Set(others.map(({ property }) => property));
      assert.ok(properties.has("bot"), "what is wrong on any exchange is said too");
      for (const moot of ["subAccount", "scopes", "ipWhitelist[0]"]) assert.ok(!properties.has(moot), moot);
    });
  }

  it("an exchange of which operations are not written yet, in production only and whatever the resource", () => {
    const descriptor = DESCRIPTORS.find(({ id }) => id === GOOD.exchange);
    assert.ok(descriptor !== undefined);
    const notYet = { can: "not yet", source: "here", date: "2026-01-01" } as const;
    const descriptors = [{ ...descriptor, operations: { ...descriptor.operations, set: notYet, revoke: notYet } }];
    const reasonsIn = (environment: "production" | "sandbox") => {
      const context = { ...CONTEXT, descriptors, settings: { ...SETTINGS, environment } };
      return problemsOf({ ...GOOD, environment }, undefined, context).map(({ property, reason }) => `${property}: ${reason}`);
    };
    const refused =
      `account: ${descriptor.title} is not finished: this package does not have set, revoke yet. ` +
      "Use it in the sandbox, or write what is missing (docs/adding-an-exchange.md).";
    assert.ok(reasonsIn("production").includes(refused), reasonsIn("production").join("\n"));
    assert.ok(!reasonsIn("sandbox").includes(refused));
    const context = { ...CONTEXT, descriptors, settings: { ...SETTINGS, environment: "production" as const } };
    assert.ok(declaredAccount(GOOD, context).problems.some(({ reason }) => refused.endsWith(reason)));
  });

  it("no key that is issued, for want of an adopted one", () => {
    assert.doesNotMatch(found({}).join(), /AdoptedApiKey/);
  });

  const table: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ["trade and withdraw on one key", { scopes: ["read", "spot", "withdraw"] }, /^scopes trade and withdraw must never/],
    ["withdraw", { scopes: ["read", "withdraw"] }, /^scopes withdraw is for AdoptedApiKey only/],
    ["no scopes", { scopes: [] }, /^scopes must name at least one scope/],
    ["scopes left out", { scopes: undefined }, /^scopes is required/],
    ["a scope nobody knows", { scopes: ["read", "gamble"] }, /^scopes\[1\] must be one of/],
    ["a scope twice", { scopes: ["read", "spot", "read"] }, /^scopes\[2\] repeats scopes\[0\]/],
    ["a trade scope that brings reading along", { scopes: ["spot"] }, /^scopes Bybit cannot grant this alone: declare read too/],
    ["options without the futures they bring", { scopes: ["read", "options"] }, /^scopes Bybit .*declare futures too/],
    [
      "spot alone where trade is one word",
      { ...OKX, scopes: ["read", "spot"] },
      /^scopes OKX .*margin, futures, options, borrow, transfer, convert, earn/,
    ],
    ["a scope the exchange has no word for", { scopes: ["read", "margin"] }, /^scopes Bybit has no permission for margin/],
    ["no addresses with a write scope", { ipWhitelist: [] }, /^ipWhitelist is required for a key that can do more than read/],
    ["a malformed address", { ipWhitelist: ["52.1.2.3", "52.1.2"] }, /^ipWhitelist\[1\] is not an IP/],
    ["a private address", { ipWhitelist: ["10.0.0.1"] }, /^ipWhitelist\[0\] is a private/],
    ["a loopback address outside the sandbox", { ipWhitelist: ["127.0.0.1"] }, /^ipWhitelist\[0\] is a loopback/],
    ["the whole world", { ipWhitelist: ["0.0.0.0/0"] }, /^ipWhitelist\[0\] allows every address/],
    ["an address twice", { ipWhitelist: ["52.1.2.3", "52.1.2.3"] }, /^ipWhitelist\[1\] repeats ipWhitelist\[0\]/],
    [
      "too many addresses",
      { ...OKX, scopes: ALL_TRADE, ipWhitelist: Array.from({ length: 21 }, (_, n) => `52.1.2.${n}`) },
      /^ipWhitelist holds 21 addresses; OKX takes 20/,
    ],
    ["no sub-account", { subAccount: undefined }, /^subAccount is required: Bybit issues no master keys/],
    ["a sub-account of another form", { subAccount: "not a uid" }, /^subAccount is not a sub-account of Bybit/],
    ["no bot", { bot: undefined }, /^bot is required/],
    ["a bot with capitals", { bot: "Bot 1" }, /^bot must be 1 to 40/],
    ["no purpose", { purpose: "" }, /^purpose must be 1 to 40/],
    ["an empty name", { name: "" }, /^name must be/],
    ["an overlap as long as the period", { rotate: { every: "24h", overlap: "1d" } }, /^rotate.overlap must be shorter/],
    ["a period that is no duration", { rotate: { every: "monthly", overlap: "1h" } }, /^rotate.every must be whole hours/],
    [
      "a period beyond the exchange's expiry",
      { scopes: ["read"], ipWhitelist: [], rotate: { every: "90d", overlap: "24h" } },
      /^rotate.every is too long: Bybit/,
    ],
    ["an unknown account", { account: "three" }, /^account unknown account "three".*one, two/],
    ["an unknown exchange", { account: "odd" }, /^account unknown exchange "nowhere"/],
    ["a parent credential in plain text", { account: "bad" }, /^account.credentials.apiKey is not a credential reference/],
    [
      "a parent credential that is missing",
      { account: "bad" },
      /^account.credentials.secret is|^account.credentials.secret Bybit needs/,
    ],
    ["a parent credential of another exchange", { account: "bad" }, /^account.credentials.pin is not a credential of/],
    ["an unknown site", { account: "bad" }, /^account.site unknown site "moon"/],
    ["a malformed sealing reference", { seal: "kms:x" }, /^seal is not a sealing reference/],
    ["a malformed place to publish", { publish: "ftp://x" }, /^publish is not a place/],
    ["another environment than the stack's", { environment: "testnet" }, /^environment differs from the stack/],
    [
      "a whitelist of markets",
      { currencyPairs: ["BTC_USDT"] },
      /^currencyPairs cannot be set on a key that an API makes.*AdoptedApiKey/,
    ],
    ["no whitelist of markets, said outright", { currencyPairs: [] }, /^currencyPairs cannot be set/],
    ["a whitelist of markets that is not known yet", { currencyPairs: UNKNOWN }, /^currencyPairs cannot be set/],
    ["an input nobody knows", { ipWhiteList: [] }, /^ipWhiteList is not an input/],
  ];
  for (const [what, changes, expected] of table) {
    it(what, () => {
      const problems = found(changes);
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        problems.join("\n"),
      );
    });
  }

  it("never quotes a credential that was pasted where a reference belongs", () => {
    assert.ok(!found({ account: "bad" }).join("\n").includes("plain-text-key"));
  });

  it("everything at once", () => {
    const problems = found({
      scopes: ["withdraw"],
      ipWhitelist: ["10.0.0.1", "x"],
      bot: "",
      seal: "?",
      rotate: { every: "1d", overlap: "2d" },
    });
    const properties = problems.map((problem) => problem.split(" ")[0]);
    assert.deepEqual(properties.sort(), ["bot", "ipWhitelist[0]", "ipWhitelist[1]", "rotate.overlap", "scopes", "seal"]);
  });

  it("a change that would make it another key, unless it is accepted", () => {
    assert.match(found({ subAccount: "100002" }, GOOD).join(), /^subAccount cannot change/);
    assert.deepEqual(found({ subAccount: "100002", replaceAtOnce: true }, GOOD), []);
  });

  it("a trigger inside an overlap, unless the overlap is 0", () => {
    const triggered = { every: "30d", overlap: "24h", trigger: "a" };
    const first = schedule(undefined, GOOD.rotate, day(0));
    const olds = {
      ...GOOD,
      rotate: triggered,
      schedule: schedule({ rotate: GOOD.rotate, schedule: first }, triggered, day(2, 5)),
    };
    assert.match(
      found({ rotate: { ...triggered, trigger: "b" } }, olds).join(),
      /^rotate.trigger is blocked \(RotationBlocked\)/,
    );
    assert.deepEqual(found({ rotate: { ...triggered, trigger: "b", overlap: "0" } }, olds), []);
    assert.deepEqual(found({ rotate: triggered }, olds), []);
  });
});

describe("check lets through", () => {
  it("what is right, on both exchanges", () => {
    assert.deepEqual(found({}), []);
    assert.deepEqual(found({ ...OKX, scopes: ALL_TRADE }), []);
    assert.deepEqual(found({ scopes: ["read"], ipWhitelist: [] }), []);
  });

  it("values that a preview does not know yet, while it still refuses all the rest", () => {
    assert.deepEqual(found({ ipWhitelist: [UNKNOWN, "52.1.2.3"] }), []);
    for (const property of Object.keys(GOOD)) assert.deepEqual(found({ [property]: UNKNOWN }), [], property);
    assert.deepEqual(found({ rotate: { every: UNKNOWN, overlap: "1h" }, scopes: [UNKNOWN, "read"] }), []);
    assert.deepEqual(found({ ipWhitelist: [UNKNOWN, "10.0.0.1"], bot: "" }).length, 2);
  });
});

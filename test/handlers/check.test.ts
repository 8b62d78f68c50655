import assert from "node:assert/strict";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { check as checkAdopted } from "../../providers/src/handlers/adopted-api-key";
import { check } from "../../providers/src/handlers/api-key";
import { check as checkSubAccount } from "../../providers/src/handlers/sub-account";
import { CODE, checked, configured, DECLARED, Files, after as later, type Properties, SETTINGS, START } from "./world";

const OKX = { exchange: "okx", account: "two", subAccount: "mmbot001" };

async function failuresOf(changes: Properties, olds: Properties = {}): Promise<readonly string[]> {
  const { failures = [] } = await check(olds, { ...DECLARED, ...changes });
  return failures.map(({ property, reason }) => `${property} ${reason}`);
}

describe("check as the engine calls it", () => {
  let files: Files;

  before(async () => {
    files = await Files.make();
  });

  beforeEach(async () => {
    await configured(SETTINGS);
    await files.setTime(START);
  });

  after(async () => {
    await files.remove();
    await configured({});
  });

  describe("refuses, with the property's path", () => {
    const table: readonly [string, Properties, RegExp][] = [
      ["trade and withdraw on one key", { scopes: ["read", "spot", "withdraw"] }, /^scopes trade and withdraw/],
      ["withdraw", { scopes: ["withdraw"] }, /^scopes withdraw is for AdoptedApiKey/],
      ["no scopes", { scopes: [] }, /^scopes must name at least one/],
      ["a scope that the exchange cannot express exactly", { ...OKX, scopes: ["read", "spot"] }, /^scopes OKX cannot grant/],
      ["an empty whitelist with a write scope", { ipWhitelist: [] }, /^ipWhitelist is required/],
      ["a malformed address", { ipWhitelist: ["52.1.2.3", "52.1.2.3.4"] }, /^ipWhitelist\[1\] is not an IP/],
      ["a private address", { ipWhitelist: ["192.168.0.1"] }, /^ipWhitelist\[0\] is a private/],
      ["a duplicate address", { ipWhitelist: ["52.1.2.3", "52.1.2.3"] }, /^ipWhitelist\[1\] repeats ipWhitelist\[0\]/],
      ["the whole Internet", { ipWhitelist: ["0.0.0.0/0"] }, /^ipWhitelist\[0\] allows every address/],
      ["too many addresses", { ipWhitelist: Array.from({ length: 21 }, (_, n) => `52.1.2.${n}`) }, /^ipWhitelist holds 21/],
      ["a missing sub-account", { subAccount: undefined }, /^subAccount is required/],
      ["a sub-account that the exchange does not allow", { subAccount: "mmbot001" }, /^subAccount is not a sub-account/],
      ["a missing name", { name: undefined }, /^name is required/],
      ["a name that is not allowed", { name: "MM!" }, /^name must be/],
      ["a missing purpose", { purpose: undefined }, /^purpose is required/],
      ["a missing bot", { bot: undefined }, /^bot is required/],
      ["an overlap as long as the period", { rotate: { every: "24h", overlap: "24h" } }, /^rotate\.overlap must be shorter/],
      ["a malformed period", { rotate: { every: "soon", overlap: "1h" } }, /^rotate\.every must be whole hours/],
      [
        "a period beyond the exchange's expiry",
        { scopes: ["read"], ipWhitelist: [], rotate: { every: "90d", overlap: "24h" } },
        /^rotate\.every is too long/,
      ],
      ["an unknown account", { account: "three" }, /^account unknown account "three"/],
      ["an unknown exchange", { account: "odd", exchange: "nowhere" }, /^account unknown exchange "nowhere"/],
      ["a malformed credential reference", { account: "pasted" }, /^account\.credentials\.apiKey is not a credential reference/],
      ["a malformed sealing reference", { seal: "awskms://" }, /^seal names no KMS key/],
      ["a malformed place to publish", { publish: "mm.json" }, /^publish is no place/],
      ["a malformed place to deliver to", { deliver: "ssm:///desk/mm" }, /^deliver is no place to deliver to/],
      [
        "a delivery where the secret is the bot's own",
        { deliver: "awssm://desk/mm", publicKey: "-----BEGIN PUBLIC KEY-----" },
        /^deliver has nothing to deliver: with publicKey/,
      ],
      ["a misspelt input", { ipWhiteList: ["52.1.2.3"] }, /^ipWhiteList is not an input/],
      ["an environment that is not the stack's", { environment: "production" }, /^environment differs/],
    ];
    for (const [what, changes, expected] of table) {
      it(what, async () => {
        const failures = await failuresOf(changes);
        assert.ok(
          failures.some((failure) => expected.test(failure)),
          failures.join("\n") || "nothing was refused",
        );
      });
    }

    it("everything at once", async () => {
      const failures = await failuresOf({
        scopes: ["withdraw"],
        ipWhitelist: ["10.0.0.1", "?"],
        bot: "",
        seal: "?",
        subAccount: "x",
      });
      const properties = failures.map((failure) => failure.split(" ")[0]).sort();
      assert.deepEqual(properties, ["bot", "ipWhitelist[0]", "ipWhitelist[1]", "scopes", "seal", "subAccount"]);
    });

    it("without quoting a credential that was pasted where a reference belongs", async () => {
      assert.doesNotMatch((await failuresOf({ account: "pasted" })).join(), /pasted-parent-key/);
    });
  });

  it("refuses every resource of a program that declares what cannot be made, and takes no unknown for a reason", async () => {
    const wrong = 'second: publish is where the document of "first" is published too';
    const declared = { ...DECLARED, stack: "desk" };
    for (const one of [check, checkAdopted, checkSubAccount]) {
      const { failures = [] } = await one({}, { ...declared, refused: wrong });
      assert.deepEqual(failures[0], { property: "", reason: `is not made, because what is declared cannot be: ${wrong}` });
      const unknown = await one({}, { ...declared, refused: UNKNOWN });
      assert.doesNotMatch(JSON.stringify(unknown), /is not made|refused/);
    }
    assert.equal((await check({}, { ...declared, refused: UNKNOWN })).failures, undefined);
  });

  describe("refuses a stack's configuration", () => {
    it("that is wrong in many ways, each by its key", async () => {
      await configured({ environment: "live", accounts: JSON.stringify({ one: { exchange: "", credentials: "x" } }) });
      const properties = (await failuresOf({})).map((failure) => failure.split(" ")[0]);
      assert.deepEqual(properties, [
        "exchange-keys:environment",
        "exchange-keys:owner",
        "exchange-keys:accounts.one.exchange",
        "exchange-keys:accounts.one.credentials",
      ]);
    });

    it("that declares no environment: forgetting it must never mean production", async () => {
      await configured({ ...SETTINGS, environment: undefined });
      assert.match((await failuresOf({})).join(), /^exchange-keys:environment declare one of sandbox, testnet, production/);
    });

    it("of production while a variable points elsewhere, together with all the rest", async () => {
      await configured({ ...SETTINGS, environment: "production" });
      const failures = await failuresOf({ environment: "production", ipWhitelist: ["10.0.0.1"] });
      assert.match(failures.join("\n"), /^environment .* (is|are) set, which only the environment sandbox allows/m);
      assert.match(failures.join("\n"), /^ipWhitelist\[0\] is a private/m);
    });

    it("of the sandbox when there is none", async () => {
      delete process.env.EXCHANGE_KEYS_SANDBOX;
      try {
        assert.match((await failuresOf({})).join(), /^environment .*EXCHANGE_KEYS_SANDBOX is not set/);
      } finally {
        process.env.EXCHANGE_KEYS_SANDBOX = files.sandbox;
      }
    });
  });

  describe("lets through what a preview does not know yet", () => {
    const positions: readonly [string, Properties][] = [
      ...Object.keys(DECLARED)
        .filter((name) => name !== "__provider")
        .map((name): [string, Properties] => [name, { [name]: UNKNOWN }]),
      ["tags", { tags: UNKNOWN }],
      ["tags.team", { tags: { team: UNKNOWN } }],
      ["replaceAtOnce", { replaceAtOnce: UNKNOWN }],
      ["publicKey", { publicKey: UNKNOWN }],
      ["deliver", { deliver: UNKNOWN }],
      ["rotate.every", { rotate: { every: UNKNOWN, overlap: "24h" } }],
      ["rotate.overlap", { rotate: { every: "30d", overlap: UNKNOWN } }],
      ["rotate.trigger", { rotate: { every: "30d", overlap: "24h", trigger: UNKNOWN } }],
      ["ipWhitelist[0]", { ipWhitelist: [UNKNOWN, "52.1.2.3"] }],
      ["ipWhitelist[1]", { ipWhitelist: ["52.1.2.3", UNKNOWN] }],
      ["two addresses", { ipWhitelist: [UNKNOWN, UNKNOWN] }],
      ["scopes[0]", { scopes: [UNKNOWN, "read"] }],
    ];
    for (const [where, changes] of positions) {
      it(`at ${where}, also over an existing key`, async () => {
        const news = { ...DECLARED, ...changes };
        const first = await checked(news);
        for (const [name, value] of Object.entries(changes)) assert.deepEqual(first[name], value);
        const olds = await checked(DECLARED);
        assert.deepEqual(await checked(news, olds), { ...first, schedule: olds.schedule });
      });
    }

    it("and refuses all that is known beside it", async () => {
      assert.deepEqual(
        (await failuresOf({ ipWhitelist: [UNKNOWN, "10.0.0.1"], bot: "" })).map((failure) => failure.split(" ")[0]).sort(),
        ["bot", "ipWhitelist[1]"],
      );
    });
  });

  describe("makes what is due itself", () => {
    const forged = { dueAt: "2099-01-01T00:00Z", notBefore: "1999-01-01T00:00Z", why: "forged" };

    it("whatever arrives in its place", async () => {
      const plain = await checked(DECLARED);
      const { inputs } = await check({}, { ...DECLARED, schedule: forged, drift: { document: "was edited" } });
      assert.deepEqual({ ...inputs, __provider: CODE }, plain);
      assert.deepEqual(plain.schedule, { dueAt: "2026-03-31T10:00Z" });
    });

    it("keeps it until a tick, and then says why", async () => {
      const first = await checked(DECLARED);
      await files.setTime(later(29, 23));
      assert.deepEqual(await checked(DECLARED, first), first);
      await files.setTime(later(31));
      const due = (await checked({ ...DECLARED, schedule: first.schedule }, first)).schedule as Properties;
      assert.equal(due.dueAt, "2026-04-30T10:00Z");
      assert.match(String(due.why), /^rotation due since 2026-03-31T10:00Z \(every 30d\)/);
    });

    it("and never gives the code back as an input of its own", async () => {
      const { inputs } = await check({}, DECLARED);
      assert.ok(inputs !== undefined && !("__provider" in inputs));
    });
  });
});

import assert from "node:assert/strict";
import { KEY_TYPE } from "../../bench/checkpoint";
import type { Report } from "../program/child";
import { type Config, runProgram, stackConfig } from "../program/run";

/** The message of a program that must be refused, in words for people: without a stack. */
function refusalOf(report: Report): string {
  assert.ok(report.failure, "nothing was refused");
  assert.ok(report.failure.plain, `it is shown with its stack: ${report.failure.message}`);
  return report.failure.message;
}

describe("the program refuses", function () {
  // Each case starts a process that loads the SDK.
  this.timeout(1_200_000);

  let sandbox: Config = {};

  before(async () => {
    sandbox = await stackConfig("sandbox");
  });

  /** The sandbox stack with other keys, made from the first one there. */
  function withKeys(changes: Readonly<Record<string, object>>): Config {
    const [first] = Object.values(sandbox["desk:keys"] as Record<string, object>);
    const keys = Object.entries(changes).map(([name, change]) => [name, { ...first, ...change }]);
    return { ...sandbox, "desk:keys": Object.fromEntries(keys) };
  }

  it("two keys of one identity, naming both", async () => {
    const config = withKeys({ one: { name: "same" }, two: { name: "same" } });
    assert.match(
      refusalOf(await runProgram({ config })),
      /^ {2}two: name makes it the same key as "one" \(sandbox\/bybit\/bybit\/100001\/same\): give each a name of its own$/m,
    );
  });

  it("two keys of one identity that comes from another resource, as soon as it is known", async () => {
    const report = await runProgram({ program: "late-twins", config: sandbox });
    assert.match(
      refusalOf(report),
      /^ {2}second: name makes it the same key as "first" \(sandbox\/bybit\/bybit\/100001\/same\)/m,
    );
  });

  it("more keys than a sub-account can rotate, and not one less", async () => {
    const keys = (count: number): Config =>
      withKeys(Object.fromEntries(Array.from({ length: count }, (_, n) => [`key-${n}`, {}])));
    const message = refusalOf(await runProgram({ config: keys(7) }));
    assert.match(message, /^ {2}key-6: subAccount sandbox\/bybit\/bybit\/100001 would have 7 keys: Bybit takes 20 there/m);
    assert.match(message, /at most 6\. Use another sub-account$/m);
    assert.equal((await runProgram({ config: keys(6) })).failure, undefined);
  });

  it("a second key in an exclusive sub-account, with the other mistakes", async () => {
    const config = withKeys({
      one: { exclusive: true },
      two: { name: "two" },
      three: { subAccount: "100002", scopes: ["withdraw"] },
    });
    const message = refusalOf(await runProgram({ config }));
    assert.match(
      message,
      /^ {2}two: subAccount is declared exclusive by "one", and "two" is in it too \(sandbox\/bybit\/bybit\/100001\)/m,
    );
    assert.match(message, /^ {2}three: scopes withdraw/m);
    assert.equal((await runProgram({ config: withKeys({ one: { exclusive: true } }) })).failure, undefined);
  });

  it("mistakes of several keys in one go, before anything is registered", async () => {
    const config = withKeys({ one: { scopes: ["withdraw"] }, two: { bot: "Not A Bot", name: "two" } });
    const report = await runProgram({ config });
    assert.match(refusalOf(report), /^ {2}one: scopes withdraw is for AdoptedApiKey only.*\n {2}two: bot must be/m);
    assert.deepEqual(
      report.registered.filter(({ type }) => type === KEY_TYPE),
      [],
    );
  });

  it("keys that share a document, whoever made them and however its place is spelled", async () => {
    const [title, ...lines] = refusalOf(await runProgram({ program: "one-document", config: sandbox, preview: true })).split(
      "\n",
    );
    assert.equal(title, "what is declared cannot be made:");
    const shares = (name: string, other: string): string =>
      `  ${name}: publish is where the document of "${other}" is published too: give each key a place of its own`;
    assert.deepEqual(lines, [shares("second", "first"), shares("elsewhere", "second"), shares("treasury", "first")]);
    const known = await runProgram({ program: "one-document", config: sandbox });
    assert.ok(refusalOf(known).includes(shares("second", "first")));
  });

  it("mistakes of sub-accounts and keys in one go, and nothing of what is not known yet", async () => {
    const report = await runProgram({ program: "wrong-owners", config: sandbox, preview: true });
    const [title, ...lines] = refusalOf(report).split("\n");
    assert.equal(title, "what is declared cannot be made:");
    const wanted = [
      /^ {2}nameless: name is required, or uid$/,
      /^ {2}oddly: name is no name of a sub-account of Bybit: 6 to 16 letters and digits/,
      /^ {2}oddly: products Bybit enables no futures: nothing has to be enabled there$/,
      /^ {2}oddly: remark is given to no new sub-account of Bybit$/,
      /^ {2}key: bot must be/,
      /^ {2}treasury: maxAge must be/,
      /^ {2}treasury: scopes /,
    ];
    assert.equal(lines.length, wanted.length, lines.join("\n"));
    for (const [index, line] of lines.entries()) assert.match(line, wanted[index] ?? assert.fail());
    assert.ok(!report.registered.some(({ type }) => type.startsWith("pulumi-nodejs:")), "something was registered");
  });

  it("a wrong provider configuration, with every problem", async () => {
    const accounts = { main: { exchange: "bybit", credentials: { apiKey: 1 }, sight: "eu" } };
    const config = {
      ...sandbox,
      "exchange-keys:environment": "live",
      "exchange-keys:owner": "",
      "exchange-keys:accounts": accounts,
    };
    const message = refusalOf(await runProgram({ config }));
    assert.match(message, /^the stack's configuration cannot be used:$/m);
    for (const key of ["environment", "owner", "accounts.main.credentials.apiKey", "accounts.main"]) {
      assert.match(message, new RegExp(`^ {2}exchange-keys:${key.replaceAll(".", "\\.")}: `, "m"));
    }
  });

  it("an environment that is not declared", async () => {
    const { "exchange-keys:environment": _, ...config } = sandbox;
    assert.match(
      refusalOf(await runProgram({ config })),
      /exchange-keys:environment: declare one of sandbox, testnet, production/,
    );
  });

  it("a wrong desk configuration, with every problem", async () => {
    const { "desk:seal": _, ...rest } = withKeys({ one: { purpose: undefined, colour: "red" } });
    const message = refusalOf(await runProgram({ config: { ...rest, "desk:addresses": { home: "52.1.2.3" } } }));
    for (const key of ["desk:seal", "desk:addresses.home", "desk:keys.one.purpose", "desk:keys.one"]) {
      assert.match(message, new RegExp(`^ {2}${key.replaceAll(".", "\\.")}: `, "m"));
    }
  });

  it("addresses that nobody declared", async () => {
    const message = refusalOf(await runProgram({ config: withKeys({ one: { addresses: "nowhere" } }) }));
    assert.match(
      message,
      /desk:keys\.one\.addresses: "nowhere" is not in desk:addresses \(market-making, arbitrage, market-making-and-deployer\)/,
    );
  });
});

describe("a key bound to an address that another resource provides", function () {
  this.timeout(1_200_000);

  it("is registered in a preview that does not know it", async () => {
    const report = await runProgram({ program: "bound", config: await stackConfig("sandbox"), preview: true });
    assert.equal(report.failure, undefined);
    const inputs = report.registered.find(({ type }) => type === KEY_TYPE)?.inputs;
    assert.ok(inputs);
    assert.ok(!JSON.stringify(inputs.ipWhitelist ?? null).includes("52.1.2.3"), "the address was known after all");
  });

  it("gets it when it is known", async () => {
    const report = await runProgram({ program: "bound", config: await stackConfig("sandbox") });
    assert.equal(report.failure, undefined);
    const inputs = report.registered.find(({ type }) => type === KEY_TYPE)?.inputs;
    assert.deepEqual(inputs?.ipWhitelist, ["52.1.2.3", "52.1.2.4"]);
    assert.deepEqual(report.outputs, { bound: "file:///bound.json" });
  });
});

import assert from "node:assert/strict";
import { letsIn } from "../../providers/src/core/addresses";
import { adoptCommand } from "../../providers/src/core/adopt-command";
import type { AdoptedInputs } from "../../providers/src/core/adopted";
import { adoptedProblems } from "../../providers/src/core/adopted-validate";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { otherPermissionProblems } from "../../providers/src/core/scope-problems";
import type { ValidationContext } from "../../providers/src/core/validate";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS, descriptorOf } from "../../providers/src/exchanges/registry";
import { day } from "./samples";

const INPUTS: AdoptedInputs = {
  environment: "production",
  owner: "desk",
  exchange: "okx",
  account: "main",
  subAccount: "master",
  name: "treasury",
  bot: "treasury-1",
  purpose: "treasury",
  scopes: ["read", "withdraw"],
  ipWhitelist: ["52.1.2.3"],
  publish: "file:///keys/treasury.json",
  maxAge: "90d",
  onOverdue: "error",
};

describe("check of an adopted key", () => {
  const real = descriptorOf("okx");
  function problems(changes: object, descriptor: Descriptor = real): readonly string[] {
    const context: ValidationContext = {
      settings: { environment: "production", owner: "desk", accounts: { main: { exchange: "okx", credentials: {} } } },
      descriptors: [descriptor],
      sealProblems: () => [],
      publishProblems: () => [],
      deliverProblems: () => [],
      credentialProblems: () => assert.fail("no credential is looked at"),
      now: day(0),
    };
    return adoptedProblems({ ...INPUTS, ...changes }, context).map(({ property, reason }) => `${property} ${reason}`);
  }

  it("lets it withdraw, without any parent credential", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ withdrawEnabledAt: "2026-01-02T00:00:00Z", verifyFrom: ["52.1.2.3"], seal: "local:///k" }), []);
  });

  it("lets what is not known yet through", () => {
    const unknown = { scopes: UNKNOWN, ipWhitelist: [UNKNOWN], publish: UNKNOWN, maxAge: UNKNOWN, verifyFrom: ["52.1.2.3"] };
    assert.deepEqual(problems(unknown), []);
  });

  const refused: readonly (readonly [object, readonly RegExp[]])[] = [
    [{ scopes: ["read", "withdraw", "spot"] }, [/^scopes trade and withdraw must never be on one key/]],
    [{ scopes: ["spot"] }, [/^scopes OKX cannot grant this alone: declare read, margin/]],
    [{ ipWhitelist: [] }, [/^ipWhitelist is required/]],
    [{ ipWhitelist: ["10.0.0.1"] }, [/^ipWhitelist\[0\] is a private address/]],
    [{ verifyFrom: ["52.1.2.9"] }, [/^verifyFrom\[0\] is not in ipWhitelist: a call from there could get the key revoked/]],
    [
      { otherPermissions: ["trade"] },
      [/^otherPermissions\[0\] "trade" is a permission .*: declare the scope spot, margin, futures,/],
    ],
    [
      { otherPermissions: ["Read-Only", "block_trade", "READ", "with draw", "futures"] },
      [/\[0\] .*scope read instead/, /\[2\] .*scope read/, /\[3\] .*scope withdraw/, /\[4\] .*scope futures instead/],
    ],
    [{ maxAge: "0" }, [/^maxAge must be more than 0/]],
    [{ maxAge: "90" }, [/^maxAge must be whole hours/]],
    [{ onOverdue: "ignore" }, [/^onOverdue must be error or warn/]],
    [{ withdrawEnabledAt: "yesterday" }, [/^withdrawEnabledAt must be an ISO time/]],
    [{ scopes: ["read"], withdrawEnabledAt: "2026-01-02T00:00:00Z" }, [/^withdrawEnabledAt is for keys that can withdraw/]],
    [{ account: "other", owner: "others" }, [/^owner differs/, /^account unknown account "other"/]],
    [{ subAccount: "no!" }, [/^subAccount is neither "master" nor a sub-account of OKX/]],
    [{ rotate: {} }, [/^rotate is not an input of AdoptedApiKey/]],
  ];
  for (const [changes, reasons] of refused) {
    it(`refuses ${JSON.stringify(changes)}`, () => {
      const found = problems(changes);
      assert.equal(found.length, reasons.length, found.join("\n"));
      for (const [index, reason] of reasons.entries()) assert.match(found[index] ?? "", reason);
    });
  }
});

describe("a permission that no scope stands for", () => {
  const said = (name: string, id: string): string =>
    otherPermissionProblems([name], descriptorOf(id))
      .map(({ reason }) => reason)
      .join();

  it("is none that a grant of the exchange knows, by any of its names", () => {
    for (const descriptor of DESCRIPTORS) {
      for (const { flag, aliases = [] } of [...descriptor.grants.value, ...descriptor.parentGrants.value]) {
        for (const name of [flag, flag.toUpperCase(), ` ${flag}\u200b`, ...aliases]) {
          assert.match(said(name, descriptor.id), /declare the scope \w/, `${descriptor.id} ${name}`);
        }
      }
    }
    assert.match(said("Wallet:Withdraw", "bybit"), /declare the scope withdraw instead/);
    assert.match(said("ContractTrade:Order", "bybit"), /declare the scope futures instead/);
    assert.match(said("can_transfer", "coinbase"), /declare the scope transfer, withdraw instead/);
    assert.match(said("transfer", "coinbaseexchange"), /declare the scope transfer, withdraw instead/);
    assert.match(said("enableSpotAndMarginTrading", "binance"), /declare the scope spot, margin instead/);
  });

  it("is what no grant knows, a restriction too", () => {
    for (const name of ["BlockTrade:BlockTrade", "Affiliate:Affiliate", "-Spot:SpotTrade"]) assert.equal(said(name, "bybit"), "");
    assert.equal(said("currency_pair:BTC_USDT", "gate"), "");
    assert.equal(said(UNKNOWN, "gate"), "");
  });
});

describe("the command that adopts a successor", () => {
  it("can be pasted into a shell as it is", () => {
    const seal = "awskms://alias/keys?region=eu-west-1";
    const seen = adoptCommand({ ...INPUTS, publish: "file:///it's here.json" }, seal);
    assert.equal(
      seen,
      "npx --no-install exchange-keys adopt --environment production --owner desk --exchange okx --account main --name treasury --bot treasury-1 " +
        "--scopes read,withdraw --ip 52.1.2.3 --seal 'awskms://alias/keys?region=eu-west-1' --publish 'file:///it'\\''s here.json'",
    );
    assert.match(adoptCommand({ ...INPUTS, subAccount: "mmbot001" }), / --sub-account mmbot001 .* --seal <sealing reference>$/);
  });
});

describe("an entry of a whitelist lets in", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["52.1.2.3", "52.1.2.3", true],
    ["52.1.2.3", "52.1.2.4", false],
    ["52.1.2.0/28", "52.1.2.15", true],
    ["52.1.2.0/28", "52.1.2.16", false],
    ["2001:db8::/32", "2001:DB8::1", true],
    ["52.1.2.0/28", "2001:db8::1", false],
    ["nonsense", "52.1.2.3", false],
    ["0.0.0.0/0", "nonsense", false],
  ];
  for (const [entry, address, expected] of cases) {
    it(`${entry}: ${address} ${expected ? "yes" : "no"}`, () => assert.equal(letsIn(entry, address), expected));
  }
});

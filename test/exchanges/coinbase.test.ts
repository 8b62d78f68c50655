import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import type { OpenAdapter, WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter as openTrade } from "../../providers/src/exchanges/coinbase/adapter";
import { openAdapter as openExchange } from "../../providers/src/exchanges/coinbaseexchange/adapter";

const PORTFOLIO = "b8aa9c13-6e1f-5c7c-9b0a-3f2d1c0e9a77";
const PERMISSIONS = {
  can_view: true,
  can_trade: false,
  can_transfer: false,
  portfolio_uuid: PORTFOLIO,
  portfolio_type: "DEFAULT",
};

function asked(openAdapter: OpenAdapter, body: unknown) {
  const calls: WireRequest[] = [];
  const adapter = openAdapter({
    call: async (request) => {
      calls.push(request);
      return body;
    },
  });
  return { facts: adapter.inspectParent(), calls };
}

async function refused(openAdapter: OpenAdapter, body: unknown, field: RegExp): Promise<void> {
  await assert.rejects(asked(openAdapter, body).facts, (error) => {
    assert.ok(isKind(error, "BadResponse") && error.operation === "inspectParent");
    assert.match(error.message, field);
    assert.doesNotMatch(error.message, /not-real/);
    return true;
  });
}

describe("coinbase adapter", () => {
  it("reads each box of the portal by itself, and counts transfer as withdraw", async () => {
    const scopes = async (flags: object) => (await asked(openTrade, { ...PERMISSIONS, ...flags }).facts).scopes;
    assert.deepEqual(await scopes({}), ["read"]);
    assert.deepEqual(await scopes({ can_view: false }), []);
    assert.deepEqual(await scopes({ can_view: false, can_trade: true }), ["spot", "futures"]);
    assert.deepEqual(await scopes({ can_transfer: true }), ["read", "transfer", "withdraw"]);
  });

  it("keeps every further permission that is on", async () => {
    const unknown = async (flags: object) => (await asked(openTrade, { ...PERMISSIONS, ...flags }).facts).unknownFlags;
    assert.equal(await unknown({ can_receive: false, portfolio_name: "x" }), undefined);
    assert.deepEqual(await unknown({ can_receive: true, can_fly: true }), ["can_receive", "can_fly"]);
  });

  it("says whose portfolio it is, and reads with one safe request", async () => {
    const { facts, calls } = asked(openTrade, PERMISSIONS);
    assert.deepEqual(await facts, { scopes: ["read"], subAccount: PORTFOLIO, ipWhitelist: [] });
    assert.deepEqual(
      calls.map(({ method, path, safe }) => [method, path, safe]),
      [["GET", "brokerage/key_permissions", true]],
    );
    assert.equal((await asked(openTrade, { ...PERMISSIONS, portfolio_uuid: "" }).facts).subAccount, undefined);
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    await refused(openTrade, { ...PERMISSIONS, can_view: "not-real" }, /field can_view/);
    await refused(openTrade, { ...PERMISSIONS, can_transfer: undefined }, /field can_transfer/);
    await refused(openTrade, { ...PERMISSIONS, can_fly: "not-real" }, /the body/);
    await refused(openTrade, "not-real", /the body/);
  });
});

describe("coinbaseexchange adapter", () => {
  it("takes an answer for the proof that the key reads, of one profile, and for nothing more", async () => {
    const { facts, calls } = asked(openExchange, [{ profile_id: PORTFOLIO }, { profile_id: PORTFOLIO }]);
    assert.deepEqual(await facts, { scopes: ["read"], ipWhitelist: [], subAccount: PORTFOLIO });
    assert.deepEqual(
      calls.map(({ method, path, safe }) => [method, path, safe]),
      [["GET", "accounts", true]],
    );
  });

  it("does not take the accounts of several profiles for those of one", async () => {
    await refused(openExchange, [{ profile_id: "one-not-real" }, { profile_id: "two-not-real" }], /several profiles/);
    await refused(openExchange, { message: "not-real" }, /the body/);
    await refused(openExchange, [{ profile_id: 1 }], /field 0.profile_id/);
  });
});

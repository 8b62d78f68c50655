import assert from "node:assert/strict";
import type { Credential } from "../sandbox/callers";
import { type BinanceSdk, binanceSdk } from "./binance-sdk";
import { sdk } from "./calls/binance";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const EMAIL = "mmbot001_virtual@sandboxnoemail.com";
const { create, list, addresses, permit, bind, unlist, remove, createOwner, listOwners, products, enableFutures } = sdk.calls;

describe("binance-sdk-sub-account on the sandbox", function () {
  this.timeout(300_000);
  let stage: Stage;
  let python: BinanceSdk;

  before(async function () {
    stage = await openStage("binance");
    python = await binanceSdk(this, stage);
  });
  after(async () => {
    await python?.stop();
    await stage.end();
  });

  async function call({ method }: { readonly method: string }, params: object, who: Credential = stage.parent) {
    return send(method, { email: EMAIL, ...params }, who);
  }

  async function send(method: string, params: object, who: Credential = stage.parent) {
    const { data, ...others } = await python.call({ ...who, method, params });
    assert.deepEqual(others, { complaints: [] });
    return data;
  }

  async function refusal(who: Credential) {
    return python.call({ ...who, method: list.method, params: { email: EMAIL } });
  }

  async function make(name: string): Promise<Credential> {
    const made = await call(create, { api_name: name, status: 2, ip_address: BOT, can_trade: true });
    assert.deepEqual([made.apiName, made.status, made.ipList, made.canTrade], [name, 2, [BOT], true]);
    return { apiKey: made.apiKey, secret: made.secretKey };
  }

  it("makes and lists sub-accounts, and enables futures", async () => {
    const { email } = await send(createOwner.method, { sub_account_string: "deskbot01" });
    const { subAccounts } = await send(listOwners.method, { email, page: 1, limit: 1 });
    assert.deepEqual([subAccounts.length, subAccounts[0].email, subAccounts[0].isFreeze], [1, email, false]);
    const enabled = async () => (await send(products.method, { email }))[0].isFutureEnabled;
    assert.equal(await enabled(), false);
    assert.equal((await send(enableFutures.method, { email })).isFuturesEnabled, true);
    assert.equal(await enabled(), true);
  });

  it("creates, lists, updates and deletes a key", async () => {
    const { apiKey } = await make("bot");
    const target = { sub_account_api_key: apiKey };
    const { rows } = await call(list, {});
    assert.deepEqual([rows.length, rows[0].apikey, rows[0].apiName, rows[0].canTrade], [1, apiKey, "bot", true]);
    await call(permit, { ...target, can_trade: false, can_universal_transfer: true });
    await call(bind, { ...target, status: 2, ip_address: OTHER_BOT });
    await call(unlist, { ...target, ip_address: BOT });
    const [changed] = (await call(list, target)).rows;
    assert.deepEqual([changed.canTrade, changed.canUniversalTransfer], [false, true]);
    const bound = await call(addresses, target);
    assert.deepEqual([bound.ipRestrict, bound.ipList], ["true", [OTHER_BOT]]);
    await call(remove, target);
    assert.deepEqual((await call(list, {})).rows, []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    assert.deepEqual(await refusal(stage.forger), { error: "BadRequestError", code: -1022 });
    assert.deepEqual(await refusal(await make("elsewhere")), { error: "UnauthorizedError", code: -2015 });
  });
});

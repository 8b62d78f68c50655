import assert from "node:assert/strict";
import type { Credential } from "../sandbox/callers";
import { type BinanceSdk, binanceSdk } from "./binance-sdk";
import { sdk } from "./calls/binancebroker";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const ID = "485396905001";
const { create, list, addresses, permit, transfer, bind, unlist, remove } = sdk.calls;
const { createOwner, listOwners, margin, futures, enableMargin, enableFutures } = sdk.calls;

describe("binance-sdk-sub-account on the sandbox: broker keys", function () {
  this.timeout(300_000);
  let stage: Stage;
  let python: BinanceSdk;

  before(async function () {
    stage = await openStage("binancebroker");
    python = await binanceSdk(this, stage);
  });
  after(async () => {
    await python?.stop();
    await stage.end();
  });

  function ask({ method, request }: (typeof sdk.calls)[keyof typeof sdk.calls], params: object, who = stage.parent) {
    const [verb, path] = request.split(" ");
    return python.call({ ...who, method, params: { path, method: verb, payload: { subAccountId: ID, ...params } } });
  }

  async function call(asked: (typeof sdk.calls)[keyof typeof sdk.calls], params: object) {
    const { data, ...others } = await ask(asked, params);
    assert.deepEqual(others, { complaints: [] });
    return data;
  }

  async function make(): Promise<Credential> {
    const made = await call(create, { canTrade: "false" });
    assert.deepEqual([made.subaccountId, made.canTrade, made.marginTrade, made.futuresTrade], [ID, false, false, false]);
    return { apiKey: made.apiKey, secret: made.secretKey };
  }

  it("makes and lists sub-accounts, and enables margin and futures", async () => {
    const send = async ({ method, request }: (typeof sdk.calls)[keyof typeof sdk.calls], payload: object) => {
      const [verb, path] = request.split(" ");
      const { data, ...others } = await python.call({ ...stage.parent, method, params: { path, method: verb, payload } });
      assert.deepEqual(others, { complaints: [] });
      return data;
    };
    const { subaccountId, tag } = await send(createOwner, { tag: "deskbot01" });
    assert.equal(tag, "deskbot01");
    const owner = { subAccountId: subaccountId };
    const [row, ...others] = await send(listOwners, owner);
    assert.deepEqual([row.subaccountId, row.tag, others], [subaccountId, "deskbot01", []]);
    const enabled = async () => [
      (await send(margin, owner)).data[0].marginEnable,
      (await send(futures, { ...owner, futuresType: "1" })).data[0].futuresEnable,
    ];
    assert.deepEqual(await enabled(), [false, false]);
    assert.equal((await send(enableMargin, { ...owner, margin: "true" })).enableMargin, true);
    assert.equal((await send(enableFutures, { ...owner, futures: "true" })).enableFutures, true);
    assert.deepEqual(await enabled(), [true, true]);
  });

  it("creates, lists, updates and deletes a key", async () => {
    const { apiKey } = await make();
    const target = { subAccountApiKey: apiKey };
    assert.deepEqual(await call(list, {}), [
      { subaccountId: ID, apikey: apiKey, canTrade: false, marginTrade: false, futuresTrade: false },
    ]);
    assert.equal((await call(bind, { ...target, status: "2", ipAddress: BOT })).status, "2");
    assert.equal(
      (await call(permit, { ...target, canTrade: "true", marginTrade: "false", futuresTrade: "false" })).canTrade,
      true,
    );
    assert.equal((await call(transfer, { ...target, canUniversalTransfer: "true" })).canUniversalTransfer, true);
    await call(bind, { ...target, status: "2", ipAddress: OTHER_BOT });
    await call(unlist, { ...target, ipAddress: BOT });
    const bound = await call(addresses, target);
    assert.deepEqual([bound.ipRestrict, bound.ipList, bound.apiKey], ["true", [OTHER_BOT], apiKey]);
    const [row] = await call(list, target);
    assert.deepEqual([row.canTrade, row.canUniversalTransfer], [true, undefined], "no list shows the right to transfer");
    assert.deepEqual(await call(remove, target), {});
    assert.deepEqual(await call(list, {}), []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    assert.deepEqual(await ask(list, {}, stage.forger), { error: "BadRequestError", code: -1022 });
    const key = await make();
    await call(bind, { subAccountApiKey: key.apiKey, status: "2", ipAddress: BOT });
    assert.deepEqual(await ask(list, {}, key), { error: "UnauthorizedError", code: -2015 });
  });
});

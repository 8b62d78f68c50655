import assert from "node:assert/strict";
import axios from "axios";
import { Account, ClientOptionBuilder, DefaultClient, RestError, TransportOptionBuilder } from "kucoin-universal-sdk";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/kucoin";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const SUB_ACCOUNT = "mmbot001";
const PASSPHRASE = "pass!word#1";
const { create, list, update, remove, createOwner, listOwners, enableMargin, enableFutures } = sdk.calls;
const { AddSubAccountApiReq, DeleteSubAccountApiReq, GetSubAccountApiListReq, ModifySubAccountApiReq } = Account.SubAccount;
const { AddSubAccountReq, AddSubAccountFuturesPermissionReq, AddSubAccountMarginPermissionReq } = Account.SubAccount;
const words = (text = "") => text.split(",").sort();

describe("kucoin-universal-sdk on the sandbox", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("kucoin");
  });
  after(() => stage.end());

  /** It makes its own connections: only an interceptor can tell it whom to trust. */
  function client({ apiKey, secret, passphrase = "" }: Credential): Account.SubAccountAPI {
    const trusting = {
      before: { onFulfilled: <C extends object>(config: C) => Object.assign(config, { httpsAgent: stage.agent }) },
      after: {},
    };
    const transport = new TransportOptionBuilder().addInterceptor(trusting).setMaxRetries(0).build();
    const options = new ClientOptionBuilder()
      .setKey(apiKey)
      .setSecret(secret)
      .setPassphrase(passphrase)
      .setSpotEndpoint(stage.endpoint)
      .setTransportOption(transport)
      .build();
    return new DefaultClient(options).restService().getAccountService().getSubAccountApi();
  }

  async function rows(who = stage.parent) {
    return (await client(who)[list.method](GetSubAccountApiListReq.builder().setSubName(SUB_ACCOUNT).build())).data;
  }

  async function make(remark: string): Promise<Credential> {
    const asked = { subName: SUB_ACCOUNT, passphrase: PASSPHRASE, remark, permission: "General,Spot", ipWhitelist: BOT };
    const made = await client(stage.parent)[create.method](AddSubAccountApiReq.create(asked));
    assert.deepEqual([made.subName, made.remark, made.passphrase, made.apiVersion], [SUB_ACCOUNT, remark, PASSPHRASE, 3]);
    return { apiKey: made.apiKey, secret: made.apiSecret, passphrase: made.passphrase };
  }

  it("makes and lists sub-accounts, and enables their products", async () => {
    const parent = client(stage.parent);
    const asked = { subName: "deskbot01", password: "Passw0rdOfABot", remarks: "desk", access: AddSubAccountReq.AccessEnum.SPOT };
    const made = await parent[createOwner.method](AddSubAccountReq.create(asked));
    assert.deepEqual([made.subName, made.remarks, made.access], ["deskbot01", "desk", "Spot"]);
    const products = async () => {
      const page = Account.SubAccount.GetSpotSubAccountsSummaryV2Req.create({ currentPage: 1, pageSize: 100 });
      const { items } = await parent[listOwners.method](page);
      return items.find(({ uid }) => uid === made.uid)?.tradeTypes;
    };
    assert.deepEqual(await products(), ["Spot"]);
    const uid = String(made.uid);
    await parent[enableMargin.method](AddSubAccountMarginPermissionReq.create({ uid }));
    await parent[enableFutures.method](AddSubAccountFuturesPermissionReq.create({ uid }));
    assert.deepEqual(await products(), ["Spot", "Margin", "Futures"]);
  });

  it("creates, lists, updates and deletes a key", async () => {
    const parent = client(stage.parent);
    const { apiKey } = await make("bot");
    const [row] = await rows();
    assert.deepEqual([row?.apiKey, row?.remark, row?.ipWhitelist], [apiKey, "bot", BOT]);
    assert.deepEqual(words(row?.permission), ["General", "Spot"]);
    const target = { subName: SUB_ACCOUNT, apiKey, passphrase: PASSPHRASE };
    const change = { ...target, permission: "General,Futures", ipWhitelist: OTHER_BOT };
    await parent[update.method](ModifySubAccountApiReq.create(change));
    const [changed] = await rows();
    assert.deepEqual([changed?.ipWhitelist, words(changed?.permission)], [OTHER_BOT, ["Futures", "General"]]);
    const removed = await parent[remove.method](DeleteSubAccountApiReq.create(target));
    assert.equal(removed.apiKey, apiKey);
    assert.deepEqual(await rows(), []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    const refused = (code: string) => (error: unknown) => {
      assert.equal(codeOf(error), code);
      return true;
    };
    await assert.rejects(rows(stage.forger), refused("400005"));
    await assert.rejects(rows(await make("elsewhere")), refused("400006"));
  });
});

/** Its error knows the code of a refusal with status 200. Under any other it holds axios's error, and the code is in there. */
function codeOf(error: unknown): unknown {
  assert.ok(error instanceof RestError);
  const inner = error.getError();
  return axios.isAxiosError(inner) ? inner.response?.data.code : error.getCommonResponse()?.code;
}

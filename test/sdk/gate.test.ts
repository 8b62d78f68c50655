import assert from "node:assert/strict";
import axios, { type AxiosInstance } from "axios";
import { ApiClient, SubAccountApi, type SubAccountKey } from "gate-api";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/gate";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const SUB_ACCOUNT = 2000001;
const { create, list, one, update, remove, createOwner, listOwners, oneOwner, lockOwner, unlockOwner } = sdk.calls;

describe("gate-api on the sandbox", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("gate");
  });
  after(() => stage.end());

  function client({ apiKey, secret }: Credential): SubAccountApi {
    const http = axios.create({ httpsAgent: stage.agent });
    const api = new ApiClient(`${stage.endpoint}/api/v4`, http);
    acceptNoBody(http);
    api.setApiKeySecret(apiKey, secret);
    return new SubAccountApi(api);
  }

  const rows = async (who = stage.parent) => (await client(who)[list.method](SUB_ACCOUNT)).body;
  const wanted = (name: string): SubAccountKey => ({
    mode: 1,
    name,
    perms: [{ name: "spot", readOnly: false }],
    ipWhitelist: [BOT],
  });

  async function make(name: string): Promise<Credential> {
    const { body, response } = await client(stage.parent)[create.method](SUB_ACCOUNT, wanted(name));
    assert.deepEqual([body.name, body.ipWhitelist, body.state], [name, [BOT], 1]);
    return { apiKey: body.key ?? "", secret: response.data.secret };
  }

  it("makes, lists, locks and unlocks sub-accounts", async () => {
    const parent = client(stage.parent);
    const made = (await parent[createOwner.method]({ loginName: "desk_bot_01", remark: "desk" })).body;
    assert.deepEqual([made.loginName, made.remark, made.state], ["desk_bot_01", "desk", 1]);
    const userId = made.userId ?? assert.fail("no user id");
    const listed = (await parent[listOwners.method]({ type: "0" })).body;
    assert.deepEqual(listed.find((owner) => owner.userId === userId)?.loginName, "desk_bot_01");
    const state = async () => (await parent[oneOwner.method](userId)).body.state;
    await parent[lockOwner.method](userId);
    assert.equal(await state(), 2);
    await parent[unlockOwner.method](userId);
    assert.equal(await state(), 1);
  });

  it("creates, lists, updates and deletes a key", async () => {
    const parent = client(stage.parent);
    const { apiKey } = await make("bot");
    const [row] = await rows();
    assert.deepEqual([row?.key, row?.name, row?.ipWhitelist, plain(row)], [apiKey, "bot", [BOT], wanted("bot").perms]);
    const perms = [{ name: "futures", readOnly: false }];
    await parent[update.method](SUB_ACCOUNT, apiKey, { ...wanted("bot"), perms, ipWhitelist: [OTHER_BOT] });
    const { body } = await parent[one.method](SUB_ACCOUNT, apiKey);
    assert.deepEqual([body.name, body.ipWhitelist, plain(body)], ["bot", [OTHER_BOT], perms]);
    await parent[remove.method](SUB_ACCOUNT, apiKey);
    assert.deepEqual(await rows(), []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    const refused = (label: string) => (error: unknown) => {
      assert.ok(axios.isAxiosError(error));
      assert.equal(error.response?.data.label, label);
      return true;
    };
    await assert.rejects(rows(stage.forger), refused("INVALID_SIGNATURE"));
    await assert.rejects(rows(await make("elsewhere")), refused("IP_FORBIDDEN"));
  });
});

/** The model's own class compares as unequal to a literal. */
function plain({ perms = [] }: SubAccountKey = {}): readonly object[] {
  return perms.map((perm) => ({ ...perm }));
}

/** The SDK writes to the console that an answer without a body, as to a deletion, is broken JSON. */
function acceptNoBody({ defaults }: AxiosInstance): void {
  const [parse] = [defaults.transformResponse ?? []].flat();
  defaults.transformResponse = function (text, headers, status) {
    return text === "" ? text : parse?.call(this, text, headers, status);
  };
}

import assert from "node:assert/strict";
import { RestClientV5 } from "bybit-api";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/bybit";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const SUB_ACCOUNT = "100001";
const { create, list, update, remove, createOwner, listOwners } = sdk.calls;

describe("bybit-api on the sandbox", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("bybit");
  });
  after(() => stage.end());

  function client({ apiKey: key, secret }: Credential): RestClientV5 {
    return new RestClientV5({ key, secret, baseUrl: stage.endpoint }, { httpsAgent: stage.agent });
  }

  async function rows() {
    const { retCode, result } = await client(stage.parent)[list.method]({ subMemberId: SUB_ACCOUNT });
    assert.equal(retCode, 0);
    return result.result;
  }

  async function make(note: string): Promise<Credential> {
    const { retCode, result } = await client(stage.parent)[create.method]({
      subuid: Number(SUB_ACCOUNT),
      note,
      readOnly: 0,
      ips: BOT,
      permissions: { Spot: ["SpotTrade"] },
    });
    assert.equal(retCode, 0);
    assert.deepEqual([result.note, result.readOnly, result.permissions.Spot], [note, 0, ["SpotTrade"]]);
    return { apiKey: result.apiKey, secret: result.secret };
  }

  it("makes and lists sub-accounts", async () => {
    const parent = client(stage.parent);
    const made = await parent[createOwner.method]({ username: "deskbot01", memberType: 1 });
    assert.deepEqual([made.retCode, made.result.username, made.result.status], [0, "deskbot01", 1]);
    const { result } = await parent[listOwners.method]({ pageSize: "100" });
    assert.ok(result.subMembers.some(({ uid }) => uid === made.result.uid));
  });

  it("creates, lists, updates and deletes a key", async () => {
    const parent = client(stage.parent);
    const { apiKey } = await make("bot");
    const [row] = await rows();
    assert.deepEqual([row?.apiKey, row?.note, row?.ips, row?.permissions.Spot], [apiKey, "bot", [BOT], ["SpotTrade"]]);
    const permissions = { ContractTrade: ["Order", "Position"], Spot: [] };
    const change = { apikey: apiKey, readOnly: 0 as const, ips: OTHER_BOT, permissions };
    assert.equal((await parent[update.method](change)).retCode, 0);
    const [changed] = await rows();
    assert.deepEqual(changed?.ips, [OTHER_BOT]);
    assert.deepEqual(
      [changed?.permissions.ContractTrade.toSorted(), changed?.permissions.Spot ?? []],
      [["Order", "Position"], []],
    );
    assert.equal((await parent[remove.method]({ apikey: apiKey })).retCode, 0);
    assert.deepEqual(await rows(), []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    const asked = { subMemberId: SUB_ACCOUNT };
    assert.equal((await client(stage.forger)[list.method](asked)).retCode, 10004);
    assert.equal((await client(await make("elsewhere"))[list.method](asked)).retCode, 10010);
  });
});

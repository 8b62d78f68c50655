import assert from "node:assert/strict";
import { RestClient } from "okx-api";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/okx";
import { BOT, OTHER_BOT, openStage, type Stage } from "./stage";

const SUB_ACCOUNT = "mmbot001";
const PASSPHRASE = "Pass!word1";
const { create, list, update, remove, createOwner, listOwners } = sdk.calls;
const pathOf = ({ request }: { readonly request: string }) => request.slice(request.indexOf("/"));
const words = (text: string) => text.split(",").sort();

describe("okx-api on the sandbox", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("okx");
  });
  after(() => stage.end());

  function client({ apiKey, secret, passphrase }: Credential): RestClient {
    const credential = { apiKey, apiSecret: secret, apiPass: passphrase ?? "" };
    return new RestClient({ ...credential, baseUrl: stage.endpoint }, { httpsAgent: stage.agent });
  }

  const rows = (who = stage.parent) => client(who)[list.method](pathOf(list), { subAcct: SUB_ACCOUNT });

  async function make(label: string): Promise<Credential> {
    const asked = { subAcct: SUB_ACCOUNT, label, passphrase: PASSPHRASE, perm: "read_only", ip: BOT };
    const [made] = await client(stage.parent)[create.method](pathOf(create), asked);
    assert.deepEqual([made.subAcct, made.label, made.passphrase, made.ip], [SUB_ACCOUNT, label, PASSPHRASE, BOT]);
    return { apiKey: made.apiKey, secret: made.secretKey, passphrase: made.passphrase };
  }

  it("makes and lists sub-accounts", async () => {
    const parent = client(stage.parent);
    await parent[createOwner.method](pathOf(createOwner), { subAcct: "deskbot01", type: "1" });
    const listed = await parent[listOwners.method]({ subAcct: "deskbot01" });
    assert.deepEqual(
      listed.map(({ subAcct, enable }) => [subAcct, enable]),
      [["deskbot01", true]],
    );
  });

  it("creates, lists, updates and deletes a key", async () => {
    const { apiKey } = await make("bot");
    const [row] = await rows();
    assert.deepEqual([row.apiKey, row.label, row.ip, words(row.perm)], [apiKey, "bot", BOT, ["read_only"]]);
    const target = { subAcct: SUB_ACCOUNT, apiKey };
    await client(stage.parent)[update.method]({ ...target, ip: OTHER_BOT, perm: "read_only,trade" });
    const [changed] = await rows();
    assert.deepEqual([changed.label, changed.ip, words(changed.perm)], ["bot", OTHER_BOT, ["read_only", "trade"]]);
    await client(stage.parent)[remove.method](pathOf(remove), target);
    assert.deepEqual(await rows(), []);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    await assert.rejects(rows(stage.forger), { code: "50113" });
    await assert.rejects(rows(await make("elsewhere")), { code: "50110" });
  });
});

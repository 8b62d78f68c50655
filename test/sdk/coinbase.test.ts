import assert from "node:assert/strict";
import { CBAdvancedTradeClient } from "coinbase-api";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/coinbase";
import { BOT, openStage, type Stage } from "./stage";

const { inspect } = sdk.calls;
const REFUSED = { code: 401, body: "Unauthorized" };

describe("coinbase-api on the sandbox: Advanced Trade", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("coinbase");
  });
  after(() => stage.end());

  function client({ apiKey, secret: apiSecret }: Credential): CBAdvancedTradeClient {
    return new CBAdvancedTradeClient({ apiKey, apiSecret, baseUrl: stage.endpoint }, { httpsAgent: stage.agent });
  }

  for (const algorithm of ["ES256", "EdDSA"]) {
    it(`shows a key what it may do, signed by ${algorithm}`, async () => {
      const key = await stage.keyByHand({ algorithm, permissions: ["view", "trade"] });
      const { can_view, can_trade, can_transfer } = await client(key)[inspect.method]();
      assert.deepEqual([can_view, can_trade, can_transfer], [true, true, false]);
      await stage.assertMade(sdk);
    });
  }

  it("is told of a wrong secret and a wrong address", async () => {
    const { secret } = await stage.keyByHand({});
    await assert.rejects(client({ ...stage.parent, secret })[inspect.method](), REFUSED);
    await assert.rejects(client(await stage.keyByHand({ ips: [BOT] }))[inspect.method](), REFUSED);
  });
});

import assert from "node:assert/strict";
import { CBExchangeClient } from "coinbase-api";
import type { Credential } from "../sandbox/callers";
import { sdk } from "./calls/coinbaseexchange";
import { BOT, openStage, type Stage } from "./stage";

const { read } = sdk.calls;

describe("coinbase-api on the sandbox: Exchange", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage("coinbaseexchange");
  });
  after(() => stage.end());

  function client({ apiKey, secret: apiSecret, passphrase: apiPassphrase = "" }: Credential): CBExchangeClient {
    const credential = { apiKey, apiSecret, apiPassphrase };
    return new CBExchangeClient({ ...credential, baseUrl: stage.endpoint }, { httpsAgent: stage.agent });
  }

  it("reads the balances with a key", async () => {
    const accounts = await client(await stage.keyByHand({ permissions: ["view"] }))[read.method]();
    assert.deepEqual(accounts.map(({ currency }: { currency: string }) => currency).sort(), ["BTC", "ETH", "USD"]);
    await stage.assertMade(sdk);
  });

  it("is told of a wrong secret and a wrong address", async () => {
    const { secret } = await stage.keyByHand({});
    await assert.rejects(client({ ...stage.parent, secret })[read.method](), { body: { message: "invalid signature" } });
    await assert.rejects(client(await stage.keyByHand({ ips: [BOT] }))[read.method](), {
      body: { message: "IP does not match IP whitelist" },
    });
  });
});

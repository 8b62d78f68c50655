import assert from "node:assert/strict";
import type { Stack } from "../../harness/stack";
import { readLabel } from "../../providers/src/core/label";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

/** What the documented exit code of a preview says when the exchange is not as the state has it. */
const DRIFT = 7;

describe("no published key is revoked", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const publicIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();
  const preview = (): ReturnType<Stack["run"]> => stage.stack.run("preview", "--refresh", "--expect-no-changes", "--diff");

  it("and a key under our label that is in no state and no document is reported as orphan or impostor", async () => {
    for (const running of stage.bots) {
      const { exchange, subAccount } = running.bot;
      const [ours] = await stage.living(running);
      const label = ours?.label ?? "";
      const serial = String(readLabel(label)?.serial ?? 0).padStart(4, "0");
      const planted = { subAccount, label: label.replace(serial, "0777"), ips: ["127.0.77.7"] };
      const { apiKey } = await stage.control.addKey(exchange, planted);
      const seen = await preview();
      assert.equal(seen.code, DRIFT, seen.stdout);
      assert.match(seen.stdout, /serial 777.*orphan .* or an impostor/);
      await stage.stack.up("--refresh");
      assert.ok((await publicIds()).includes(apiKey), "it is never revoked by the run that finds it");
      await stage.assertServed();
      await stage.control.advance("26h");
      await stage.stack.up();
      assert.ok(!(await publicIds()).includes(apiKey));
      await stage.assertSettled();
    }
  });
});

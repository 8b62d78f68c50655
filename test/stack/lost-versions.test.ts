import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bybitKey, okxKey } from "./declared";
import type { RunningBot } from "./running-bot";
import { Stage } from "./stage";

const KEYS = {
  renamed: bybitKey("100001"),
  tainted: bybitKey("100002"),
  "lost-previous": bybitKey("100003"),
  replaced: okxKey("mmbot001"),
  moved: okxKey("mmbot002"),
  "lost-current": okxKey("mmbot003"),
};

describe("no published key is revoked, and no foreign key touched,", function () {
  this.timeout(1_200_000);
  let stage: Stage;
  let foreign: readonly unknown[];

  before(async () => {
    stage = await Stage.open();
    const { control } = stage;
    const ips = ["127.0.77.7"];
    // By hand, and by another owner of this product.
    await control.addKey("bybit", { subAccount: "100001", label: "by hand", ips });
    await control.addKey("bybit", { subAccount: "100001", label: "xkaaaaaaaaaa0001renamed", ips });
    await control.addKey("okx", { subAccount: "mmbot001", label: "byhand", ips });
    foreign = await control.keys();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("30d");
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  async function serials(): Promise<Readonly<Record<string, number>>> {
    const entries = stage.bots.map(async ({ bot }) => [
      bot.identity.name,
      (await stage.bot(bot.identity.name).published()).serial,
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  const all = (serial: number): object => Object.fromEntries(Object.keys(KEYS).map((name) => [name, serial]));

  it("when somebody deletes one of two versions: the other one stays, and a lost current one gets a successor", async () => {
    const [lostCurrent, lostPrevious] = [stage.bot("lost-current"), stage.bot("lost-previous")];
    const first = await lostCurrent.look("previous");
    await removeVersion(lostCurrent, 1);
    await removeVersion(lostPrevious, 0);
    await stage.stack.up("--refresh");
    assert.equal(await lostCurrent.call(first), "accepted");
    await stage.assertServed();
    assert.deepEqual(await serials(), { ...all(2), "lost-current": 3 });
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  async function removeVersion(running: RunningBot, index: number): Promise<void> {
    const living = await stage.living(running);
    assert.equal(living.length, 2);
    await stage.control.removeKey(running.bot.exchange, living[index]?.apiKey ?? "");
  }

  it("by a checkpoint three serials old", async () => {
    const old = join(stage.folder, "checkpoint.json");
    await writeFile(old, (await stage.stack.must("stack", "export")).stdout);
    const start = await serials();
    for (let rotation = 1; rotation <= 3; rotation += 1) {
      await stage.control.advance("30d");
      await stage.stack.up();
      await stage.assertServed();
    }
    const before = await stage.control.keys();
    await stage.stack.must("stack", "import", "--file", old);
    await stage.stack.up();
    await stage.assertServed();
    assert.deepEqual(ids(await stage.control.keys()), ids(before));
    await stage.stack.up("--expect-no-changes");
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
    const later = Object.entries(start).map(([name, serial]) => [name, serial + 3]);
    assert.deepEqual(await serials(), Object.fromEntries(later));
  });

  it("in any of these", async () => {
    const known = new Set(ids(foreign));
    assert.deepEqual(
      (await stage.control.keys()).filter(({ apiKey }) => known.has(apiKey)),
      foreign,
    );
  });
});

function ids(keys: readonly unknown[]): readonly string[] {
  return keys.map((key) => (key as { apiKey: string }).apiKey).sort();
}

import assert from "node:assert/strict";
import { bybitKey, type DeclaredKeys, okxKey } from "./declared";
import { Stage } from "./stage";

const KEYS = {
  renamed: bybitKey("100001"),
  tainted: bybitKey("100002"),
  "lost-previous": bybitKey("100003"),
  replaced: okxKey("mmbot001"),
  moved: okxKey("mmbot002"),
  "lost-current": okxKey("mmbot003"),
};

/** The same keys under other names of their resources. */
function renamed({ renamed: one, moved, ...others }: typeof KEYS): DeclaredKeys {
  return { ...others, "renamed-2": { ...one, name: "renamed" }, "moved-2": { ...moved, name: "moved" } };
}

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

  it("by a rename without alias, --replace, state taint, state rename and stack rename", async () => {
    const before = await stage.control.keys();
    await stage.stack.must("state", "taint", stage.urn("tainted"), "--yes");
    await stage.stack.must("state", "rename", stage.urn("moved"), "moved-2", "--yes");
    await stage.declare(renamed(KEYS));
    const run = await stage.stack.up("--replace", stage.urn("replaced"));
    for (const name of ["renamed", "tainted", "replaced"]) {
      assert.match(run.stdout + run.stderr, new RegExp(`"${name}": another resource has taken this key over`));
    }
    await stage.assertServed();
    assert.deepEqual(ids(await stage.control.keys()), ids(before));
    await stage.renameStack("desk-2");
    await stage.assertSettled();
    assert.deepEqual(await serials(), all(1));
  });

  it("by --target, which rotates that key only", async () => {
    await stage.control.advance("30d");
    await stage.stack.up("--target", stage.urn("renamed-2"));
    await stage.assertServed();
    assert.deepEqual(await serials(), { ...all(1), renamed: 2 });
    await stage.stack.up();
    await stage.assertServed();
    assert.deepEqual(await serials(), all(2));
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

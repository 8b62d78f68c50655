import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { changesIn } from "../../harness/stack";
import { ADDRESSES, bybitKey, type DeclaredKeys, okxKey, stackFile } from "./declared";
import { Stage } from "./stage";

/** An address that no bot calls from, and one that no stack declares. */
const ELSEWHERE = "127.0.99.99";
const FOREIGN = "127.0.66.6";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("the story of two keys, one at each exchange", function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
  });
  after(() => stage.close());

  async function assertRefused(keys: DeclaredKeys, addresses: object, problems: Readonly<Record<string, RegExp>>): Promise<void> {
    const file = join(stage.folder, "wrong.yaml");
    const all = { "desk:addresses": { ...ADDRESSES, ...addresses } };
    await writeFile(file, stringify(stackFile(stage.folder, keys, all)));
    const run = await stage.stack.with({ configFile: file }).run("preview");
    assert.notEqual(run.code, 0);
    const lines = run.stdout.split("\n");
    for (const [property, reason] of Object.entries(problems)) {
      const named = lines.some((line) => line.includes(` property ${property} value `) && reason.test(line));
      assert.ok(named, `${property} is named with ${reason}:\n${run.stdout}`);
    }
    assert.deepEqual(await stage.control.requests(), []);
  }

  it("is refused when the program is wrong: every problem of a key with its path, before any request", async () => {
    const rotate = { every: "24h", overlap: "24h" };
    const wrong = { ...bybitKey("sub-1"), scopes: ["read", "spot", "withdraw"], addresses: "wrong", rotate, bot: "MM 1" };
    const addresses = { wrong: ["10.0.0.7", "127.0.10.1", "127.0.10.1", "0.0.0.0/0"] };
    await assertRefused({ wrong }, addresses, {
      subAccount: /numeric UID/,
      bot: /lower-case/,
      scopes: /trade and withdraw must never be on one key/,
      "ipWhitelist[0]": /private/,
      "ipWhitelist[2]": /repeats ipWhitelist\[1\]/,
      "ipWhitelist[3]": /./,
      "rotate.overlap": /must be shorter than rotate.every/,
    });
    const nobodys = { ...okxKey(), account: "nobody", scopes: [], rotate };
    await assertRefused(
      { nobodys },
      {},
      {
        account: /unknown account "nobody".*bybit-main, okx-main/,
        scopes: /at least one scope/,
        "rotate.overlap": /must be shorter than rotate.every/,
      },
    );
  });

  it("is planned with no parent credential set at all", async () => {
    const { EXCHANGE_KEYS_SANDBOX = "" } = stage.stack.options.env;
    const run = await stage.stack.with({ env: { EXCHANGE_KEYS_SANDBOX } }).must("preview");
    assert.equal(changesIn(run)["to create"], 3);
    assert.deepEqual(await stage.control.requests(), []);
  });

  it("up issues them, and bots are let in from their own address only", async () => {
    assert.equal(changesIn(await stage.stack.up()).created, 3);
    for (const running of stage.bots) {
      const held = await running.look();
      assert.equal(held.serial, 1);
      assert.equal(await running.call(held, ELSEWHERE), "PermissionDenied");
    }
    await stage.assertSettled();
  });

  it("drift exits 7 and names key and change; up --refresh repairs it", async () => {
    const keys = await stage.control.keys();
    for (const { exchange, apiKey, ips } of keys) await stage.control.editKey(exchange, apiKey, { ips: [...ips, FOREIGN] });
    const drift = await stage.stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
    assert.equal(drift.code, 7, drift.stdout);
    for (const name of Object.keys(KEYS)) assert.ok(drift.stdout.includes(`::${name}]`), `${name} is named`);
    assert.equal(drift.stdout.match(/\+ serial 1 \(current\): "ipWhitelist \+127\.0\.66\.6"/g)?.length, 2, drift.stdout);
    await stage.stack.up("--refresh");
    for (const { ips } of await stage.control.keys()) assert.deepEqual(ips, ["127.0.10.1"]);
    const quiet = await stage.stack.run("preview", "--refresh", "--expect-no-changes");
    assert.equal(quiet.code, 0, quiet.stdout);
  });

  it("after thirty days preview says what is due and why, and up rotates: both versions work", async () => {
    await stage.control.advance("30d");
    const preview = await stage.stack.must("preview", "--diff");
    assert.equal(preview.stdout.match(/why +: "rotation due since/g)?.length, 2, preview.stdout);
    await stage.stack.up();
    for (const running of stage.bots) {
      await running.assertServed();
      assert.equal((await running.published()).serial, 2);
      assert.equal((await stage.living(running)).length, 2);
    }
  });

  it("after the overlap up retires the old versions", async () => {
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("destroy leaves nothing", async () => {
    await stage.stack.must("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await stage.control.keys(), []);
    for (const running of stage.bots) await assert.rejects(running.published(), /PublicationFailed/);
  });
});

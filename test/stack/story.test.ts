import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { diagnosticsIn } from "../../harness/diagnostics";
import { changesIn } from "../../harness/stack";
import { ADDRESSES, bybitKey, okxKey, stackFile } from "./declared";
import { Stage } from "./stage";

/** An address that no bot calls from, and one that no stack declares. */
const ELSEWHERE = "127.0.99.99";
const FOREIGN = "127.0.66.6";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("the story of two keys, one at each exchange", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
  });
  after(() => stage.close());

  it("is refused when the program is wrong: every problem of every key with its path, before any request", async () => {
    const rotate = { every: "24h", overlap: "24h" };
    const keys = {
      many: { ...bybitKey("sub-1"), scopes: ["read", "spot", "withdraw"], addresses: "wrong", rotate, bot: "MM 1" },
      nobodys: { ...okxKey(), account: "nobody", scopes: [] },
      wider: { ...okxKey("mmbot002"), scopes: ["read", "spot"], addresses: "none" },
    };
    const addresses = { ...ADDRESSES, wrong: ["10.0.0.7", "127.0.10.1", "127.0.10.1", "0.0.0.0/0"], none: [] };
    const file = join(stage.folder, "wrong.yaml");
    await writeFile(file, stringify(stackFile(stage.folder, keys, { "desk:addresses": addresses })));
    const run = await stage.stack.with({ configFile: file }).run("preview");
    assert.notEqual(run.code, 0);
    const told = diagnosticsIn(run).get("exchange-keys-desk") ?? "";
    for (const problem of [
      /many: subAccount .*numeric UID/,
      /many: bot .*lower-case/,
      /many: scopes trade and withdraw must never be on one key/,
      /many: ipWhitelist\[0\] is a private address/,
      /many: ipWhitelist\[2\] repeats ipWhitelist\[1\]/,
      /many: ipWhitelist\[3\] allows every address/,
      /many: rotate\.overlap must be shorter than rotate\.every/,
      /nobodys: account unknown account "nobody"; .* bybit-main, okx-main/,
      /nobodys: scopes must name at least one scope/,
      /wider: scopes .*declare .*margin/,
      /wider: ipWhitelist is required for a key that can do more than read/,
    ])
      assert.match(told, problem);
    assert.deepEqual(await stage.control.requests(), []);
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

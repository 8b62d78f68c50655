import assert from "node:assert/strict";
import { DecryptCommand } from "@aws-sdk/client-kms";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { diagnosticsIn } from "../../harness/diagnostics";
import { changesIn } from "../../harness/stack";
import { contextOf } from "../../providers/src/seal/context";
import { motoOrSkip } from "../seal/moto";
import { KEYS, natPerZone, parameterOf, perBot, ZONES } from "./declared";
import { AwsStage } from "./stage";
import { disorder } from "./timeline";
import { startTraffic, type Traffic } from "./traffic";
import { addressOn, allocatedAddresses, waysOut } from "./way-out";

const FIRST = natPerZone({ generation: 1 });
const BOTH = natPerZone({ generation: 2, draining: [1] });
const SECOND = natPerZone({ generation: 2 });

/** An address that is nobody's here. */
const ELSEWHERE = "127.0.99.99";

describe("addresses and sealing key from AWS", function () {
  this.timeout(1_200_000);
  let stage: AwsStage;
  let old: readonly string[];
  let traffic: Traffic | undefined;

  before(async function () {
    const moto = await motoOrSkip(this);
    stage = await AwsStage.open(moto);
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") console.log(stage.said);
  });
  after(async () => {
    await traffic?.stop();
    await stage?.close();
  });

  const whitelists = async () => (await stage.sandbox.control.keys()).map(({ ips }) => [...ips].sort());
  const allocated = () => allocatedAddresses(stage.ec2);
  const exits = () => waysOut(stage.ec2);

  it("refuses invalid keys in the first preview, while no address is known", async () => {
    await stage.declare(FIRST, { "bybit-mm": { ...(KEYS["bybit-mm"] ?? assert.fail()), subAccount: "sub-1" } });
    const run = await stage.withoutCredentials().run("preview");
    assert.notEqual(run.code, 0);
    assert.match(diagnosticsIn(run).get("exchange-keys-desk") ?? "", /bybit-mm: subAccount .*numeric UID/);
  });

  it("plans everything in the first preview, with no credential set at all", async () => {
    await stage.declare(FIRST);
    const run = await stage.withoutCredentials().must("preview");
    assert.ok((changesIn(run)["to create"] ?? 0) > Object.keys(KEYS).length + ZONES.length);
    assert.deepEqual(await stage.sandbox.control.requests(), []);
    assert.deepEqual(await allocated(), []);
  });

  it("issues keys for exactly the addresses that AWS gave", async () => {
    await stage.stack.up();
    const addresses = await allocated();
    assert.equal(addresses.length, ZONES.length);
    assert.deepEqual(await exits(), addresses);
    assert.deepEqual(await whitelists(), [addresses, addresses]);
    for (const bot of stage.bots) {
      const key = await bot.open();
      for (const address of addresses) assert.equal(await bot.call(key, address), "accepted");
      assert.equal(await bot.call(key, ELSEWHERE), "PermissionDenied");
    }
    await stage.stack.up("--expect-no-changes");
  });

  it("seals by the stack's KMS key: a bot opens under its own context, and under another's nothing opens", async () => {
    const [one, other] = stage.bots;
    assert.ok(one && other);
    await assert.rejects(one.open(other.identity), { kind: "WrongDocument" });
    const { Parameter } = await stage.ssm.send(new GetParameterCommand({ Name: parameterOf(one.name) }));
    const [version] = JSON.parse(Parameter?.Value ?? "{}").versions;
    const opening = (identity: typeof one.identity) =>
      stage.kms.send(
        new DecryptCommand({
          CiphertextBlob: Buffer.from(version.ciphertext, "base64"),
          EncryptionContext: { ...contextOf(identity, version.serial) },
        }),
      );
    const { KeyId, Plaintext } = await opening(one.identity);
    assert.equal(version.key, `awskms:///${KeyId}`);
    assert.equal(JSON.parse(Buffer.from(Plaintext ?? []).toString()).apiKey, (await one.open()).apiKey);
    await assert.rejects(opening({ ...one.identity, bot: other.bot }), { name: "InvalidCiphertextException" });
  });

  it("puts a new address beside the old one, widens the keys, and only then moves the routes", async () => {
    old = await allocated();
    traffic = await startTraffic(stage.bots, exits);
    await stage.declare(BOTH);
    await stage.stack.up();
    const all = await allocated();
    const fresh = all.filter((address) => !old.includes(address));
    assert.deepEqual([all.length, fresh.length], [2 * ZONES.length, ZONES.length]);
    assert.deepEqual(await whitelists(), [all, all]);
    assert.deepEqual(await exits(), fresh);
  });

  it("keeps the old address when a key could not be narrowed", async () => {
    await traffic?.between(() => stage.advance("26h"));
    await stage.declare(SECOND);
    await stage.sandbox.control.addFault({ kind: "http", status: 503, operation: "set", exchange: "okx", times: 100 });
    const run = await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    assert.ok((await allocated()).length === 2 * ZONES.length, run.stdout);
  });

  it("after the overlap narrows the keys, and only then releases the old address", async () => {
    await stage.sandbox.control.clearFaults();
    await stage.stack.up();
    const left = await allocated();
    assert.deepEqual(left, await exits());
    assert.deepEqual(await whitelists(), [left, left]);
    await stage.stack.up("--expect-no-changes");
  });

  it("has let every bot in at every moment of this", async () => {
    const { accepted, refused, from } = (await traffic?.stop()) ?? assert.fail();
    assert.deepEqual(refused, []);
    assert.ok(accepted > 50, `${accepted} calls`);
    assert.deepEqual([...from].sort(), [...old, ...(await exits())].sort());
  });

  it("destroy revokes the keys before it gives up addresses and sealing key", async () => {
    await stage.stack.must("state", "unprotect", "--all", "--yes");
    await stage.stack.must("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await allocated(), []);
    assert.deepEqual(await whitelists(), []);
    for (const bot of stage.bots) await assert.rejects(bot.open(), { kind: "PublicationFailed" });
  });

  it("with one address for each bot, only that bot's keys let it in", async () => {
    const interfaces = await stage.makeInterfaces();
    await stage.declare(perBot(interfaces));
    await stage.stack.up();
    for (const bot of stage.bots) {
      const own = (await addressOn(stage.ec2, interfaces[bot.bot] ?? "")) ?? assert.fail();
      const keys = await stage.sandbox.control.keys(bot.exchange);
      assert.deepEqual(
        keys.map(({ ips }) => ips),
        [[own]],
      );
      assert.equal(await bot.call(await bot.open(), own), "accepted");
    }
    await stage.stack.must("state", "unprotect", "--all", "--yes");
    await stage.stack.must("destroy", "--yes", "--skip-preview");
  });

  it("in all of this nothing happened in the wrong order, by the logs of AWS and of the exchanges", async () => {
    const timeline = await stage.recorder.look();
    assert.deepEqual(disorder(timeline), []);
    const released = timeline.cloud.filter(({ operation, type }) => operation === "delete" && type === "aws:ec2/eip:Eip");
    assert.equal(released.length, 2 * ZONES.length + stage.bots.length);
    const changes = timeline.whitelists.filter(({ ips }) => ips !== null);
    assert.ok(changes.length >= 4 * stage.bots.length, `${changes.length} changes of whitelists`);
  });
});

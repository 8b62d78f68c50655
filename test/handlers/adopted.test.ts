import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { type AdoptedOutputs, MASTER, type WatchedInputs } from "../../providers/src/core/adopted";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/adopted-api-key";
import { openSurroundings } from "../../providers/src/handlers/surroundings";
import { adopt } from "../../providers/src/lifecycle/adopt";
import { after as afterDays, CODE, configured, Files, type Properties, SETTINGS, START } from "./world";

type Inputs = WatchedInputs & Properties;

describe("the handler of adopted keys", () => {
  let files: Files;
  let declared: Properties;

  beforeEach(async () => {
    files = await Files.make();
    await configured(SETTINGS);
    declared = {
      __provider: CODE,
      environment: "sandbox",
      owner: "desk",
      exchange: "okx",
      account: "two",
      subAccount: MASTER,
      name: "treasury",
      bot: "treasury-1",
      purpose: "treasury",
      scopes: ["read", "withdraw"],
      ipWhitelist: ["52.1.2.3"],
      publish: `file://${join(files.folder, "treasury.json")}`,
      maxAge: "90d",
      onOverdue: "error",
    };
  });

  afterEach(async () => {
    await files.remove();
    await configured({});
  });

  /** As a person does with the command; no exchange is asked. */
  async function adoptAt(time: Date, apiKey: string): Promise<void> {
    const { store, sealer, clock, random, notice } = openSurroundings("sandbox");
    const order = { ...(declared as Inputs), seal: `local://${files.folder}/key`, issuedAt: time.toISOString(), verify: false };
    await adopt(order, {
      ...{ store, sealer, clock, random, notice, descriptor: descriptorOf, addresses: () => [] },
      readKey: async () => ({ apiKey, secret: new Secret("a-secret"), passphrase: new Secret("a-phrase") }),
      inspect: () => assert.fail("no exchange is asked"),
    });
  }

  /** Inputs as check hands them on; the engine puts the code back. */
  async function checked(olds: Properties = {}, changes: Properties = {}): Promise<Inputs> {
    const { inputs, failures = [] } = await handler.check(olds, { ...declared, ...changes });
    assert.deepEqual(failures, []);
    return { ...inputs, __provider: CODE } as Inputs;
  }

  async function created(): Promise<{ inputs: Inputs; outputs: AdoptedOutputs & Properties; id: string }> {
    await adoptAt(START, "pub1");
    const inputs = await checked();
    const { id, outs } = await handler.create(inputs);
    return { inputs, outputs: { ...outs, __provider: CODE } as AdoptedOutputs & Properties, id };
  }

  it("refuses in production a document that a key file has sealed, also where no seal is declared", async () => {
    await adoptAt(START, "pub1");
    // What this machine's own variables ask for is refused too, and is no matter here.
    const problems = async (accept: object): Promise<readonly string[]> => {
      await configured({ ...SETTINGS, environment: "production", ...accept });
      const { failures = [] } = await handler.check({}, { ...declared, environment: "production" });
      return failures.filter(({ property }) => property !== "environment").map(({ property, reason }) => `${property} ${reason}`);
    };
    assert.match((await problems({})).join(), /^publish names a document whose seal is a key file, and this is production/);
    assert.deepEqual(await problems({ accept: { localSealing: "a laptop of the owner" } }), []);
  });

  it("plans while nothing is published, and refuses to create with the command to run", async () => {
    const inputs = await checked();
    assert.equal(inputs.watch, undefined);
    await assert.rejects(handler.create(inputs), (error) => {
      assert.ok(error instanceof Error && !("id" in error));
      assert.match(
        error.message,
        /PublicationFailed: no document is published at .*Run: npx --no-install exchange-keys adopt --environment sandbox/,
      );
      assert.equal(error.stack, error.message);
      return true;
    });
  });

  it("plans while addresses, document and age are not known yet", async () => {
    const inputs = await checked({}, { ipWhitelist: [UNKNOWN], publish: UNKNOWN, maxAge: UNKNOWN });
    assert.equal(inputs.watch, undefined);
  });

  it("shows when the key is due as soon as it is published, and is then left alone", async () => {
    const { inputs, outputs, id } = await created();
    assert.equal(id, `okx/two/${MASTER}/treasury`);
    assert.deepEqual(inputs.watch, { dueAt: "2026-05-30T11:00Z", serial: 1 });
    assert.ok(Object.values(outputs).every((value) => value !== undefined));
    for (const days of [0, 1, 45, 89]) {
      await files.setTime(afterDays(days));
      const again = await checked(inputs);
      assert.deepEqual(again, inputs);
      assert.equal((await handler.diff(id, outputs, again)).changes, false);
    }
  });

  it("shows in a preview that it is overdue, and fails by name in the update", async () => {
    const { inputs, outputs, id } = await created();
    await files.setTime(afterDays(91));
    const late = await checked(inputs);
    assert.match(late.watch?.why ?? "", /^overdue since 2026-05-30T11:00Z/);
    assert.equal((await handler.diff(id, outputs, late)).changes, true);
    await assert.rejects(
      handler.update(id, outputs, late),
      /PolicyViolation: .*older than 90d; see docs\/runbooks\.md#an-adopted/,
    );
    await adoptAt(afterDays(91), "pub2");
    const next = await checked(inputs);
    assert.deepEqual([next.watch?.serial, next.watch?.why], [2, undefined]);
    const { outs } = await handler.update(id, outputs, next);
    assert.deepEqual([outs?.apiKey, outs?.serial, outs?.status], ["pub2", 2, "ready"]);
    assert.equal((await handler.diff(id, { ...outs, __provider: CODE } as AdoptedOutputs, next)).changes, false);
  });

  it("warns once where that is declared", async () => {
    declared = { ...declared, onOverdue: "warn" };
    const { inputs, outputs, id } = await created();
    await files.setTime(afterDays(91));
    const late = await checked(inputs);
    const { outs } = await handler.update(id, outputs, late);
    assert.equal(outs?.status, "overdue");
    const again = await checked(late);
    assert.deepEqual(again, late);
    assert.equal((await handler.diff(id, { ...outs, __provider: CODE } as AdoptedOutputs, again)).changes, false);
  });

  it("records other code, and takes lists for sets", async () => {
    const { inputs, outputs, id } = await created();
    assert.equal((await handler.diff(id, outputs, { ...inputs, __provider: "new code" })).changes, true);
    assert.equal((await handler.diff(id, outputs, { ...inputs, scopes: ["withdraw", "read"] })).changes, false);
    assert.equal((await handler.diff(id, outputs, { ...inputs, purpose: "other" })).changes, true);
  });

  it("gives declared inputs back on a read, with what differs", async () => {
    const { inputs, outputs, id } = await created();
    const { __provider: _, ...declaredInputs } = inputs;
    const same = await handler.read(id, outputs);
    assert.deepEqual([same.id, same.inputs], [id, declaredInputs]);
    await rename(join(files.folder, "treasury.json"), join(files.folder, "aside.json"));
    const drifted = await handler.read(id, outputs);
    const drift = { document: "is not published" };
    assert.deepEqual([drifted.id, drifted.inputs], [id, { ...declaredInputs, drift }]);
    assert.deepEqual(drifted.props?.observed, drift);
    const next = await checked({ ...declaredInputs, drift });
    assert.ok(!("drift" in next));
    assert.equal((await handler.diff(id, drifted.props as AdoptedOutputs, next)).changes, true);
    await rename(join(files.folder, "aside.json"), join(files.folder, "treasury.json"));
    assert.equal((await handler.read(id, drifted.props as AdoptedOutputs)).props?.observed, undefined);
  });

  it("knows the watch again where check could not read the document", async () => {
    const { inputs, outputs, id } = await created();
    const { watch, ...unwatched } = outputs;
    const { inputs: found, props } = await handler.read(id, unwatched as AdoptedOutputs);
    assert.deepEqual([found?.watch, props?.watch], [watch, watch]);
    assert.deepEqual(watch, inputs.watch);
  });

  it("deletes by forgetting, and reaches nothing", async () => {
    const { outputs, id } = await created();
    await configured({});
    await handler.delete(id, outputs);
    assert.equal((await openSurroundings("sandbox").store(outputs.publish).read())?.document.lastSerial, 1);
  });
});

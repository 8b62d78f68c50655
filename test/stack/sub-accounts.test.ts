import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { findLeaks } from "../../harness/leak-search";
import { parentVariables } from "../../harness/parents";
import { changesIn, type Run, Stack } from "../../harness/stack";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { stackFile } from "./declared";

const credentials = (exchange: string, ...fields: readonly string[]) => ({
  exchange,
  credentials: Object.fromEntries(
    fields.map((field) => [field, `env:SANDBOX_${exchange.toUpperCase()}_${field.replace("apiKey", "api_key").toUpperCase()}`]),
  ),
});

const ACCOUNTS = {
  "binance-main": credentials("binance", "apiKey", "secret"),
  "gate-main": credentials("gate", "apiKey", "secret"),
  "kucoin-main": credentials("kucoin", "apiKey", "secret", "passphrase"),
};

/** Each key needs what is enabled for it: made too early it would be refused. */
const OWNERS = {
  virtual: { account: "binance-main", name: "deskbot01", products: ["futures"], scopes: ["read", "futures"] },
  plain: { account: "gate-main", name: "desk_bot_01", remark: "of the desk", scopes: ["read", "futures"] },
  secretive: {
    account: "kucoin-main",
    name: "deskbot01",
    products: ["margin", "futures"],
    remark: "of the desk",
    scopes: ["read", "margin", "futures"],
  },
};

describe("sub-accounts that are made in the same run as their keys", function () {
  this.timeout(1_200_000);
  let folder: string;
  let logs: string;
  let sandbox: StartedSandbox;
  let stack: Stack;

  before(async () => {
    const toolchain = await ensureToolchain();
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-owners-"));
    logs = join(folder, "output.log");
    sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 50 });
    const env = {
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const configFile = await declare(OWNERS);
    const project = join(__dirname, "programs", "sub-accounts");
    stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: "owners", configFile, project });
    await stack.init();
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  async function declare(declared: object): Promise<string> {
    const file = join(folder, "owners.yaml");
    const own = { "exchange-keys:accounts": ACCOUNTS, "owners:folder": folder, "owners:declared": declared };
    await writeFile(file, stringify(stackFile(folder, {}, own)));
    return file;
  }

  /** Runs the CLI and keeps all it says. */
  async function heard(...args: readonly string[]): Promise<Run> {
    const run = await stack.run(...args);
    await writeFile(logs, run.stdout + run.stderr, { flag: "a" });
    return run;
  }

  const sent = async (operation: string): Promise<number> =>
    (await sandbox.control.requests()).filter((request) => request.operation === operation).length;
  const outputs = async () => JSON.parse((await stack.must("stack", "output", "--json")).stdout).owners;

  it("are planned with their keys before anything exists, without a request", async () => {
    const run = await stack.must("preview");
    assert.deepEqual(changesIn(run), { "to create": 7 });
    assert.deepEqual(await sandbox.control.requests(), []);
  });

  afterEach(() => declare(OWNERS));

  it("are refused in preview, all problems of one at once", async () => {
    const wrong = { ...OWNERS, virtual: { ...OWNERS.virtual, name: "No Name", products: ["margin"], remark: "none here" } };
    const run = await stack.with({ configFile: await declare(wrong) }).run("preview");
    assert.notEqual(run.code, 0);
    for (const problem of [
      /virtual: name is no name of a sub-account of Binance: 6 to 20 small letters/,
      /virtual: products Binance enables no margin: what can be is futures/,
      /virtual: remark is given to no new sub-account of Binance/,
    ]) {
      assert.match(run.stdout, problem);
    }
    assert.deepEqual(await sandbox.control.requests(), []);
  });

  it("are made once, with what their keys need, also when answers are lost, and again: zero changes", async () => {
    for (const operation of ["createSubAccount", "enable"] as const) {
      await sandbox.control.addFault({ kind: "loseAnswer", exchange: "kucoin", operation });
    }
    const run = await heard("up", "--yes", "--skip-preview", "-v=9", "--logtostderr");
    assert.equal(run.code, 0, run.stdout);
    assert.equal(await sent("createSubAccount"), 3);
    const owners = await outputs();
    assert.match(owners.virtual.id, /^deskbot01_virtual@.*noemail\.com$/);
    assert.match(owners.plain.id, /^[0-9]+$/);
    assert.equal(owners.secretive.id, "deskbot01");
    for (const name of Object.keys(OWNERS)) assert.deepEqual([owners[name].made, owners[name].serial], [true, 1]);
    const keys = await sandbox.control.keys();
    assert.deepEqual(
      keys.map(({ subAccount }) => subAccount).sort(),
      Object.keys(OWNERS)
        .map((name) => owners[name].id)
        .sort(),
    );
    await stack.up("--expect-no-changes");
    await stack.must("preview", "--refresh", "--expect-no-changes");
    assert.equal(await sent("createSubAccount"), 3);
  });

  it("leave their login's password nowhere", async () => {
    const passwords = (await sandbox.control.secrets()).filter(({ kind }) => kind === "password");
    assert.deepEqual(
      passwords.map(({ exchange, apiKey }) => [exchange, apiKey]),
      [["kucoin", "deskbot01"]],
    );
    const hidden = passwords.map(({ kind, value }) => ({ kind, value }));
    assert.deepEqual(await findLeaks([stack.options.backend, join(folder, "documents"), logs], hidden), []);
    const found = await findLeaks([stack.options.backend, logs], [{ kind: "name", value: "desk_bot_01" }]);
    assert.ok(found.length >= 2, "what is no secret is found there");
  });

  it("show that they are frozen, and fail alone", async () => {
    const { id } = (await outputs()).plain;
    await sandbox.control.freezeSubAccount("gate", id, true);
    const drift = await heard("preview", "--refresh", "--expect-no-changes", "--diff");
    assert.equal(drift.code, 7, drift.stdout);
    assert.match(drift.stdout, /status\s*: "is frozen"/);
    const run = await heard("up", "--yes", "--skip-preview", "--refresh", "--continue-on-error");
    assert.notEqual(run.code, 0);
    assert.match(run.stdout, /gate sub-account "desk_bot_01": AccountBlocked: it is frozen\. It is never unfrozen here/);
    await sandbox.control.freezeSubAccount("gate", id, false);
    await stack.up("--refresh");
    await stack.up("--expect-no-changes");
  });

  it("are forgotten at the end, and said to live on", async () => {
    const run = await heard("destroy", "--yes", "--skip-preview");
    assert.equal(run.code, 0, run.stdout);
    for (const { account, name } of Object.values(OWNERS)) {
      assert.match(run.stdout, new RegExp(`sub-account "${name}" of "${account}" .* STILL EXISTS at the exchange`));
    }
    assert.deepEqual(await sandbox.control.keys(), []);
  });
});

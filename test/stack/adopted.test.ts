import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { COMMAND } from "../../harness/command";
import { parentVariables } from "../../harness/parents";
import { changesIn, type Run, Stack } from "../../harness/stack";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { okxKey, stackFile } from "./declared";

const EXCHANGE = "okx";
const SUB_ACCOUNT = "deskbot01";

describe("a key that a person made, beside a key of a sub-account that is made too", function () {
  this.timeout(1_200_000);
  let folder: string;
  let sandbox: StartedSandbox;
  let stack: Stack;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    const toolchain = await ensureToolchain();
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-adopted-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 50 });
    env = {
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const own = { folder, account: "okx-main", subAccount: SUB_ACCOUNT, scopes: okxKey().scopes };
    const config = Object.fromEntries(Object.entries(own).map(([name, value]) => [`adopted:${name}`, value]));
    const configFile = join(folder, "adopted.yaml");
    await writeFile(configFile, stringify(stackFile(folder, {}, config)));
    const project = join(__dirname, "programs", "adopted");
    stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: "adopted", configFile, project });
    await stack.init();
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  const document = (name: string): string => join(folder, "documents", `${name}.json`);
  const sent = async (operation: string): Promise<number> =>
    (await sandbox.control.requests()).filter((request) => request.operation === operation).length;
  const serials = async (): Promise<unknown> => JSON.parse((await stack.must("stack", "output", "--json")).stdout).serials;

  /** Does what an error of `run` says that a person shall do, with the key in hand. */
  async function obey(run: Run): Promise<string> {
    const command = /Run: npx --no-install exchange-keys (adopt .*--publish \S+)/.exec(run.stdout)?.[1];
    assert.ok(command !== undefined, run.stdout);
    const fields = ["API_KEY", "SECRET", "PASSPHRASE"].map((field) => env[`SANDBOX_${EXCHANGE.toUpperCase()}_${field}`] ?? "");
    const { now } = await sandbox.control.clock();
    const line = `"${process.execPath}" "${COMMAND}" ${command} --issued-at ${now}`;
    return await new Promise((resolve, reject) => {
      const child = execFile("/bin/sh", ["-c", line], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`the command failed\n${stderr}`));
      });
      child.stdin?.end(`${fields.join("\n")}\n`);
    });
  }

  it("is planned before anything exists, without a request", async () => {
    const run = await stack.must("preview");
    assert.deepEqual(changesIn(run), { "to create": 4 });
    assert.deepEqual(await sandbox.control.requests(), []);
  });

  it("is an error of its own until it is adopted, and the error is the command to run", async () => {
    const run = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    assert.match(run.stdout, /okx adopted key "treasury": PublicationFailed: no document is published/);
    assert.equal(existsSync(document("bot")), true, run.stdout);
    assert.match(await obey(run), /adopted okx "treasury" as serial 1: /);
    await stack.up();
    assert.deepEqual(await serials(), { bot: 1, treasury: 1 });
    await stack.up("--expect-no-changes");
    assert.equal(await sent("createSubAccount"), 1);
    const living = await sandbox.control.keys(EXCHANGE);
    assert.deepEqual(
      living.map((key) => key.subAccount),
      [SUB_ACCOUNT],
    );
  });

  it("is seen to drift, where the deployer may ask it", async () => {
    await sandbox.control.editParent(EXCHANGE, { ips: ["127.0.0.1", "127.0.0.2"] });
    const run = await stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
    assert.equal(run.code, 7, run.stdout + run.stderr);
    assert.match(run.stdout, /- drift\s*: \{[\s\S]*ipWhitelist: "\+127\.0\.0\.2"/);
    await sandbox.control.editParent(EXCHANGE, { ips: ["127.0.0.1"] });
    await stack.must("preview", "--refresh", "--expect-no-changes");
  });

  it("becomes overdue: a preview says so, and up fails for it alone while the other key rotates", async () => {
    await sandbox.control.advance("91d");
    const preview = await stack.must("preview", "--diff");
    assert.match(
      preview.stdout,
      /why\s*: "overdue since .*: make a new key by hand, then run npx --no-install exchange-keys adopt"/,
    );
    // Without the flag the CLI begins nothing new after a first failure, and which key comes first is chance.
    const run = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    const errors = run.stdout.match(/error: okx .*/g) ?? [];
    assert.ok(
      errors.every((error) => error.includes('adopted key "treasury"')),
      run.stdout,
    );
    assert.match(run.stdout, /PolicyViolation: the key with serial 1 was made at .*docs\/runbooks\.md#an-adopted-key-is-overdue/);
    assert.equal(JSON.parse(await readFile(document("bot"), "utf8")).lastSerial, 2, "the other key has rotated");
    assert.match(await obey(run), /as serial 2: /);
    await stack.up();
    assert.deepEqual(await serials(), { bot: 2, treasury: 2 });
    await stack.up("--expect-no-changes");
  });

  it("is forgotten at the end, and so is the sub-account, and both are said to live on", async () => {
    await sandbox.control.clearRequests();
    const run = await stack.must("destroy", "--yes", "--skip-preview");
    assert.match(run.stdout, /the key \S+ STILL LIVES at the exchange/);
    assert.match(run.stdout, /sub-account "deskbot01" of "okx-main" \(deskbot01\) STILL EXISTS at the exchange/);
    assert.equal(existsSync(document("treasury")), true);
    assert.equal(existsSync(document("bot")), false);
    assert.deepEqual(await sandbox.control.keys(EXCHANGE), []);
  });
});

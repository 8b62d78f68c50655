import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { root } from "../../scripts/setup/paths";
import { MAIN } from "./process";
import { ShellOnPty } from "./pty";

const ASKS = /Bybit secret \(not shown\): /;

describe("exchange-keys adopt at a terminal", function () {
  // Each run is a process that loads TypeScript.
  this.timeout(120_000);
  let folder: string;
  let sandbox: StartedSandbox;
  let shell: ShellOnPty;
  let apiKey: string;
  let secret: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-terminal-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox") });
    const parent = async (field: string) => (await readFile(join(folder, "sandbox", "parents", `bybit.${field}`), "utf8")).trim();
    [apiKey, secret] = await Promise.all([parent("apiKey"), parent("secret")]);
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    shell = new ShellOnPty(root, { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json") });
    await shell.start();
  });
  afterEach(() => shell.end());

  const published = (name: string): string => join(folder, `${name}.json`);

  /** Types the command. */
  function adopt(name: string, changes: Readonly<Record<string, string>> = {}): void {
    const all = {
      environment: "sandbox",
      owner: "desk",
      exchange: "bybit",
      account: "main",
      name,
      bot: "treasury-1",
      scopes: "read,transfer",
      seal: `local://${folder}/sealing.key`,
      publish: `file://${published(name)}`,
      journal: join(folder, "journal"),
      ip: "127.0.0.1",
      "api-key": apiKey,
      ...changes,
    };
    const options = Object.entries(all).map(([option, value]) => `--${option}=${value}`);
    shell.type(`${[process.execPath, "--import", "tsx", MAIN, "adopt", ...options].join(" ")}\r`);
  }

  it("asks again after Ctrl-Z and fg, and adopts what is typed then", async () => {
    adopt("resumed");
    await shell.shows(ASKS);
    shell.type("half-of-a-secret");
    await setTimeout(300);
    shell.type("\x1a");
    await shell.shows(/Stopped/);
    await shell.shows(/shell> /);
    shell.type("fg\r");
    await shell.shows(ASKS);
    shell.type(`${secret}\r`);
    await shell.shows(/adopted bybit "resumed" as serial 1/);
    assert.equal(await shell.exitCode(), 0);
    assert.ok(existsSync(published("resumed")));
    for (const typed of ["half-of-a-secret", secret, "command not found"]) assert.ok(!shell.screen.includes(typed), shell.screen);
  });

  it("forgets a rest that came in one piece with Ctrl-Z", async () => {
    adopt("torn");
    await shell.shows(ASKS);
    shell.type("first-half\x1asecond-half\r");
    await shell.shows(/Stopped/);
    shell.type("fg\r");
    await shell.shows(ASKS);
    shell.type(`${secret}\r`);
    await shell.shows(/adopted bybit "torn" as serial 1/);
    assert.equal(await shell.exitCode(), 0);
    assert.doesNotMatch(shell.screen, /first-half|second-half|not found/);
  });

  it("goes on after a stop from elsewhere, more than once", async () => {
    adopt("stopped");
    for (const _ of [1, 2]) {
      await shell.shows(ASKS);
      shell.type("abc");
      await setTimeout(300);
      shell.type("\x1a");
      await shell.shows(/Stopped/);
      shell.type("bg\r");
      await shell.shows(/shell> [\s\S]*shell> /);
      shell.type("\r");
      await shell.shows(/Stopped/);
      shell.type("fg\r");
    }
    await shell.shows(ASKS);
    shell.type("\x03");
    await shell.shows(/the input ended before the Bybit secret was read/);
    assert.equal(await shell.exitCode(), 1);
    assert.doesNotMatch(shell.screen, /abc/);
  });

  it("shows nothing of what is typed before the question, and takes it", async () => {
    adopt("early");
    await shell.echoes(false);
    assert.doesNotMatch(shell.screen, ASKS);
    shell.type(`${secret}\r`);
    await shell.shows(/adopted bybit "early" as serial 1/);
    assert.equal(await shell.exitCode(), 0);
    assert.ok(!shell.screen.includes(secret), shell.screen);
  });

  it("gives the shell nothing of a secret that was typed for a command that is refused", async () => {
    adopt("refused", { scopes: "spot,withdraw" });
    await shell.echoes(false);
    shell.type(`${secret}\r`);
    await shell.shows(/error: the key cannot be adopted like this/);
    assert.equal(await shell.exitCode(), 2);
    assert.ok(!shell.screen.includes(secret), shell.screen);
  });

  it("refuses a rest of a paste, and gives the shell nothing of it", async () => {
    adopt("pasted");
    await shell.shows(ASKS);
    shell.type(`${secret}\rrest-of-the-paste\r`);
    await shell.shows(/more was given than was asked for/);
    assert.equal(await shell.exitCode(), 1);
    assert.ok(!existsSync(published("pasted")));
    assert.doesNotMatch(shell.screen, /rest-of-the-paste/);
  });

  it("ends with 1 at Ctrl-D, and echoes again then", async () => {
    adopt("ended");
    await shell.shows(ASKS);
    shell.type("\x04");
    await shell.shows(/the input ended before/);
    assert.equal(await shell.exitCode(), 1);
    await shell.echoes(true);
    shell.type(": typed-at-the-shell\r");
    await shell.shows(/typed-at-the-shell/);
  });
});

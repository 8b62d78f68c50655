import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { ControlClient } from "../../sandbox/control-client";
import { okx, parentOf } from "./callers";
import { type TestSandbox, testSandbox } from "./folders";

const START = join(__dirname, "../../sandbox/start.ts");
const MAIN = join(__dirname, "../../sandbox/main.ts");

describe("sandbox: process", function () {
  this.timeout(300_000);
  let running: TestSandbox;

  before(async () => {
    running = await testSandbox({ rateScale: 1000 });
  });
  after(() => running.end());

  const portOf = (origin: string | undefined) => Number(new URL(origin ?? "").port);

  it("says where everything is, and keeps credentials to their owner", () => {
    const { files } = running.sandbox;
    assert.deepEqual(Object.keys(files.endpoints), readdirSync(join(MAIN, "../exchanges")).sort(), "each folder is an exchange");
    assert.deepEqual(files.subAccounts.bybit?.slice(0, 2), ["100001", "100002"]);
    assert.deepEqual(files.subAccounts.okx?.slice(0, 2), ["mmbot001", "arbbot001"]);
    assert.deepEqual([files.subAccounts.bybit?.length, files.subAccounts.okx?.length], [8, 8]);
    assert.equal(files.rateScale, 1000);
    assert.deepEqual(JSON.parse(readFileSync(files.clock, "utf8")), { offsetMs: 0 });
    const folder = join(files.ca, "..");
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of ["bybit.apiKey", "bybit.secret", "okx.apiKey", "okx.secret", "okx.passphrase"]) {
      assert.equal(statSync(join(folder, "parents", name)).mode & 0o777, 0o600, name);
    }
  });

  it("speaks TLS 1.3 and refuses a client that stops at 1.2", async () => {
    const { ca, endpoints } = running.sandbox.files;
    const options = { host: "127.0.0.1", port: portOf(endpoints.bybit), ca: readFileSync(ca, "utf8") };
    const modern = connectTls(options);
    await once(modern, "secureConnect");
    assert.equal(modern.getProtocol(), "TLSv1.3");
    assert.equal(modern.authorized, true);
    modern.destroy();
    const old = connectTls({ ...options, maxVersion: "TLSv1.2" });
    const [error] = await once(old, "error");
    assert.match(error.code, /ERR_SSL_(TLSV1_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)/);
  });

  it("is trusted only by those who trust its authority", async () => {
    const other = connectTls({ host: "127.0.0.1", port: portOf(running.sandbox.files.endpoints.okx) });
    const [error] = await once(other, "error");
    assert.match(error.code, /UNABLE_TO|SELF_SIGNED/);
  });

  it("listens on one address only", async function () {
    // Elsewhere 127.0.0.2 is no address at all.
    if (process.platform !== "linux") return this.skip();
    const { control, endpoints } = running.sandbox.files;
    for (const origin of [control, ...Object.values(endpoints)]) {
      const socket: Socket = connectTcp({ host: "127.0.0.2", port: portOf(origin) });
      const [error] = await once(socket, "error");
      assert.equal(error.code, "ECONNREFUSED");
    }
  });

  it("hears any caller of 127.0.0.0/8", async () => {
    const caller = okx(running.sandbox, parentOf(running.sandbox, "okx"), { from: "127.9.8.7" });
    assert.equal((await caller.get("/api/v5/public/time")).status, 200);
    assert.equal((await running.sandbox.control.requests()).at(-1)?.callerAddress, "127.9.8.7");
  });

  async function start(args: readonly string[]) {
    const dir = mkdtempSync(join(tmpdir(), "sandbox-test-"));
    const node = ["--import", "tsx", MAIN, "--dir", dir, ...args];
    const child = spawn(process.execPath, node, { stdio: ["pipe", "pipe", "inherit"] });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith("ready ")) break;
    }
    return { child, dir, output: lines.join("\n"), ended: once(child, "exit") };
  }

  it("says what it is, names no secret, and ends cleanly on a signal", async () => {
    const { child, dir, output, ended } = await start([]);
    assert.match(output, /NOT A REAL EXCHANGE/);
    const secret = readFileSync(join(dir, "parents", "okx.secret"), "utf8").replace(/^sandbox-/, "");
    assert.equal(output.includes(secret), false);
    assert.equal(existsSync(join(dir, "sandbox.json")), true);
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    assert.equal(existsSync(join(dir, "sandbox.json")), false);
    rmSync(dir, { recursive: true });
  });

  it("ends with its standard input when told to", async () => {
    const { child, dir, ended } = await start(["--until-stdin-closes", "--seed", "3"]);
    child.stdin.end();
    assert.deepEqual(await ended, [0, null]);
    rmSync(dir, { recursive: true });
  });

  it("outlives the process that started it, when it is to last", async () => {
    const dir = mkdtempSync(join(tmpdir(), "sandbox-test-"));
    const text = `require(${JSON.stringify(START)}).startSandbox({ dir: ${JSON.stringify(dir)}, lasting: true })`;
    const starter = spawn(process.execPath, ["--import", "tsx", "--eval", text], { stdio: "inherit" });
    assert.deepEqual(await once(starter, "exit"), [0, null]);
    const { pid, control } = JSON.parse(readFileSync(join(dir, "sandbox.json"), "utf8"));
    assert.deepEqual(await new ControlClient(control).health(), { ok: true });
    process.kill(pid, "SIGTERM");
    while (existsSync(join(dir, "sandbox.json"))) await new Promise(setImmediate);
    rmSync(dir, { recursive: true });
  });

  it("refuses options that make no sense", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", MAIN, "--dir", "/nowhere", "--rate-scale", "0"], {
      stdio: "ignore",
    });
    assert.deepEqual(await once(child, "exit"), [1, null]);
  });
});

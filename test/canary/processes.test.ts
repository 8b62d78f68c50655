import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CAN_WATCH_PROCESSES, ProcessWatch } from "../../harness/processes";

/** A child that the watched process leaves behind when nobody writes to it any more, which then shows another argument, and ends when it may. */
const LEFT =
  "const {spawn}=require('node:child_process');spawn(process.argv[0],['-e',process.argv[1],'LEFT=behind',process.argv[3],String(process.pid)],{detached:true,stdio:'ignore'}).unref();process.stdin.resume()";
const LATER =
  "const {existsSync}=require('node:fs');const {dirname}=require('node:path');const look=setInterval(()=>{if(String(process.ppid)!==process.argv[3])process.title='shown-later';if(existsSync(process.argv[2])||!existsSync(dirname(process.argv[2])))clearInterval(look)},20)";

describe("the watch of processes", () => {
  let folder: string;
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-watched-"));
    if (!CAN_WATCH_PROCESSES) this.skip();
    const env = { PATH: process.env.PATH, DECLARED: "in-a-variable", DECLARED_TOO: "in-another" };
    const enough = join(folder, "enough");
    const args = ["-e", LEFT, LATER, "DECLARED=as-an-argument", enough];
    const child = spawn(process.execPath, args, { env, stdio: ["pipe", "ignore", "ignore"] });
    const watch = new ProcessWatch(child.pid ?? 0, { folder, declared: new Set(["DECLARED"]) });
    await seen(/^LEFT=behind$/m);
    child.stdin.end();
    await once(child, "exit");
    await seen(/^shown-later/m);
    await writeFile(enough, "");
    await watch.end();
  });
  after(() => rm(folder, { recursive: true }));

  /** Waits until arguments of a process were kept. */
  async function seen(argument: RegExp): Promise<void> {
    while (!argument.test(await kept(".arguments"))) await sleep(20);
  }

  async function kept(kind: string): Promise<string> {
    const names = (await readdir(folder)).filter((name) => name.endsWith(kind));
    return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
  }

  it("keeps environments without what is declared to hold a secret, by its whole name", async () => {
    const environments = await kept(".environment");
    assert.ok(environments.includes("DECLARED_TOO=in-another"));
    assert.ok(!environments.includes("in-a-variable"));
  });

  it("keeps arguments that look like such a variable", async () => {
    assert.match(await kept(".arguments"), /^DECLARED=as-an-argument$/m);
  });

  it("keeps what a child shows after its parent has ended", async () => {
    const seen = await kept(".arguments");
    assert.match(seen, /^LEFT=behind$/m);
    assert.match(seen, /^shown-later/m);
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CAN_WATCH_PROCESSES, ProcessWatch } from "../../harness/processes";

/** A child that the watched process leaves behind, which then shows another argument. */
const LEFT =
  "const {spawn}=require('node:child_process');spawn(process.argv[0],['-e',process.argv[1],'LEFT=behind'],{detached:true,stdio:'ignore'}).unref();setTimeout(()=>{},150)";
const LATER = "setTimeout(()=>{process.title='shown-later';setTimeout(()=>{},300)},300)";

describe("the watch of processes", () => {
  let folder: string;
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-watched-"));
    if (!CAN_WATCH_PROCESSES) this.skip();
    const env = { PATH: process.env.PATH, DECLARED: "in-a-variable", DECLARED_TOO: "in-another" };
    const child = spawn(process.execPath, ["-e", LEFT, LATER, "DECLARED=as-an-argument"], { env, stdio: "ignore" });
    const watch = new ProcessWatch(child.pid ?? 0, { folder, declared: new Set(["DECLARED"]) });
    await once(child, "exit");
    await new Promise((resolve) => setTimeout(resolve, 600));
    await watch.end();
  });
  after(() => rm(folder, { recursive: true }));

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

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CallTrace, canTrace } from "./call-trace";

/** Writes to files that are gone at once, a pipe, and what is left out; starts a program with an odd argument. */
const SCRIPT = `
echo written-to-a-file > fleeting; rm fleeting
echo written-to-a-pipe | cat > /dev/null
echo left-out > own/secret
echo beside-it > owner
DECLARED=in-a-variable DECLARED_TOO=in-another /bin/true 'DECLARED=as-an-argument' '], ["'
`;

describe("the trace of calls", () => {
  let folder: string;
  let kept: string;
  let opened: ReadonlySet<string>;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-traced-"));
    if (!canTrace()) this.skip();
    await mkdir(join(folder, "own"));
    const trace = new CallTrace(join(folder, "raw"));
    await writeFile(join(folder, "script"), SCRIPT);
    await promisify(execFile)("sh", ["-c", `exec ${trace.prefix} sh script`], { cwd: folder });
    const file = join(folder, "kept");
    opened = await trace.settle(file, { declared: new Set(["DECLARED"]), except: [join(folder, "own")] });
    kept = await readFile(file, "utf8");
  });
  after(() => rm(folder, { recursive: true }));

  it("has what was written, to whatever it was, and deleted at once", () => {
    for (const text of ["written-to-a-file", "written-to-a-pipe", "beside-it"])
      assert.match(kept, new RegExp(`write\\(.*"${text}`));
  });

  it("has not what was written to a folder that is left out, nor what a declared variable holds, nor anything elsewhere", async () => {
    assert.doesNotMatch(kept, /write\(.*"left-out/);
    assert.doesNotMatch(kept, /in-a-variable/);
    assert.deepEqual((await readdir(folder)).sort(), ["kept", "own", "owner", "script"]);
  });

  it("has other variables, and arguments that look like a declared one", () => {
    assert.match(kept, /"DECLARED_TOO=in-another"/);
    assert.match(kept, /"DECLARED=as-an-argument"/);
  });

  it("names every file that was opened to be written", () => {
    const ours = ["fleeting", "own/secret", "owner"].map((name) => join(folder, name));
    assert.deepEqual([...opened].sort(), ["/dev/null", ...ours].sort());
  });
});

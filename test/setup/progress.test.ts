import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findProgram, pathFolders } from "../../scripts/setup/look";
import { root } from "../../scripts/setup/paths";

const MODULE = join(root, "scripts/setup/progress.mjs");
/** Two long steps of three, and what comes after them. */
const STORY = `
import { progress } from ${JSON.stringify(MODULE)};
for (const step of [1, 2]) {
  const { report, done } = progress({ step, steps: 3 });
  for (const line of ["begun", "x".repeat(500), "still at it"]) report(line);
  done();
}
console.error("ready");
`;

describe("how far set-up is", () => {
  it("is one line of a terminal, written anew, and gone in the end", function () {
    const python = findProgram("python3", pathFolders(process.env));
    if (python === undefined) return this.skip();
    // A terminal of 60 columns, and all that was written to it.
    const relay = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
try:
    while written := os.read(terminal, 65536):
        os.write(1, written)
except OSError:
    pass  # Linux says so where the program has ended.
os.waitpid(pid, 0)
`;
    const args = ["-c", relay, process.execPath, "--input-type=module", "-e", STORY];
    const { stdout } = spawnSync(python, args, { encoding: "utf8", env: { ...process.env, TERM: "xterm" } });
    assert.equal(stdout.split("\n").length - 1, 1, "one line feed, behind the last line");
    for (const shown of ["set-up 1 of 3: begun", "set-up 2 of 3: still at it"])
      assert.ok(stdout.includes(`\u001b[2K${shown}`), stdout);
    for (const part of stdout.split("\u001b[2K")) assert.ok(part.replace(/[\r\n]/g, "").length < 60, "no line wraps");
    assert.equal(stdout.split("\u001b[2K").at(-1)?.trim(), "ready");
  });

  it("is a line each time for a file, a pipe and a terminal that cannot write anew", () => {
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", STORY], { encoding: "utf8" });
    assert.equal(stderr.split("\n").filter((line) => /^set-up [12] of 3: /.test(line)).length, 6);
    assert.ok(!stderr.includes("\u001b") && !stderr.includes("\r"), stderr);
  });

  it("is a line each time on a terminal that cannot write anew", async () => {
    const { progress } = await import("../../scripts/setup/progress.mjs");
    const written: string[] = [];
    const screen = { isTTY: true, columns: 60, write: (text: string) => written.push(text) };
    const { report, done } = progress({ step: 1, steps: 2 }, screen, { TERM: "dumb" });
    report("begun");
    done();
    assert.deepEqual(written, ["set-up 1 of 2: begun\n"]);
  });
});

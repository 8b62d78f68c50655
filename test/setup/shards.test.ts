import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { root } from "../../scripts/setup/paths";
import { longestFirst, merged } from "../../scripts/shards/durations";
import { readArguments } from "../../scripts/shards/options";
import { Screen } from "../../scripts/shards/screen";

interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
  readonly last: string | undefined;
}

/** `npm test` as it is, but for set-up and types. */
async function npmTest(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/test.ts", "--no-types", ...args], {
    cwd: root,
    env: { ...process.env, EXCHANGE_KEYS_SHARDS: "2" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const lines = printed.trimEnd().split("\n");
  return { code, lines, last: lines.at(-1) };
}

const suite = (name: string): string => `test/setup/suites/${name}.ts`;

/** Suite → how its file ends beside others. */
const ENDS: Readonly<Record<string, { readonly counts: string; readonly says?: RegExp }>> = {
  passes: { counts: "3 passed, 0 failed, 0 skipped" },
  fails: { counts: "1 passed, 1 failed, 1 skipped", says: /^- 'wanted'$/m },
  "hook-fails": { counts: "0 passed, 3 failed, 0 skipped", says: /the hook's own reason/ },
  crashes: { counts: "1 passed, 3 failed, 0 skipped", says: /ended by itself, with signal SIGKILL/ },
  exits: { counts: "0 passed, 3 failed, 0 skipped", says: /ended by itself, with code 0/ },
  "cannot-load": { counts: "0 passed, 1 failed, 0 skipped", says: /not to be loaded/ },
  only: { counts: "0 passed, 1 failed, 0 skipped", says: /`\.only` is not supported|forbid-only/ },
};

const SUMS = "Files, slowest first:";

describe("tests in shards", function () {
  // Each run starts three Node processes or more.
  this.timeout(600_000);

  describe("of which some fail in every way there is", () => {
    let ended: Ended;
    let text: string;
    before(async () => {
      ended = await npmTest(...Object.keys(ENDS).map(suite));
      text = ended.lines.join("\n");
    });

    it("are summed in the last line, with an exit code", () => {
      assert.deepEqual([ended.last, ended.code], ["5 passed, 12 failed, 1 skipped", 1]);
    });

    for (const [name, { counts, says }] of Object.entries(ENDS)) {
      it(`${name}: ${counts}`, () => {
        const head = ended.lines.find((line) => line.startsWith("── ") && line.includes(suite(name)));
        assert.match(head ?? "", new RegExp(`: ${counts} in `));
        if (says === undefined) return;
        // Where the file's lines are, and again at the end.
        for (const part of text.split(SUMS)) assert.match(part, says);
        assert.equal(ended.lines.filter((line) => line === `  FAILED ${suite(name)}`).length % 2, 0);
      });
    }

    it("print each file's lines together", () => {
      const at = (wanted: string): number => ended.lines.indexOf(wanted);
      const between = ended.lines.slice(at("printed by one"), at("printed by three"));
      assert.ok(between.length > 1 && !between.some((line) => line.startsWith("── ")));
      assert.ok(ended.lines.includes("the last words"), "what a process printed before it ended is there");
    });

    it("say at the end what each file took", () => {
      const took = ended.lines
        .slice(ended.lines.indexOf(SUMS))
        .filter((line) => /^ +\d+\.\d s {2}test\/setup\/suites\//.test(line));
      assert.equal(took.length, Object.keys(ENDS).length);
      const seconds = took.map((line) => Number.parseFloat(line));
      assert.deepEqual(
        seconds,
        [...seconds].sort((one, other) => other - one),
      );
    });
  });

  it("end well when all pass, by the tests that mocha's arguments name", async () => {
    const { last, code } = await npmTest(suite("passes"), suite("fails"), "-g", "th(ree|is one$)", "--timeout=50000");
    assert.deepEqual([last, code], ["2 passed, 1 failed, 1 skipped", 1]);
    const good = await npmTest(suite("passes"));
    assert.deepEqual([good.last, good.code], ["3 passed, 0 failed, 0 skipped", 0]);
  });

  it("fail when a process fails after its last file", async () => {
    const { code, lines, last } = await npmTest(suite("crashes-late"), suite("passes"));
    assert.deepEqual([last, code], ["4 passed, 1 failed, 0 skipped", 1]);
    assert.match(lines.slice(lines.indexOf(SUMS)).join("\n"), /left behind/);
  });

  it("count as in one process, with `-g` too", async () => {
    const one = await npmTest("--shards", "1", ...["passes", "fails", "hook-fails"].map(suite));
    assert.deepEqual([one.last, one.code > 0], ["4 passed, 4 failed, 1 skipped", true]);
    assert.equal((await npmTest("--shards=1", suite("fails"), "-g", "before this one")).last, "1 passed, 0 failed, 0 skipped");
  });

  it("are left to mocha's own parallel runs, which say what they do not count", async () => {
    const { code, lines, last } = await npmTest("--parallel", suite("passes"), suite("hook-fails"));
    assert.deepEqual([last, code > 0], ["3 passed, 1 failed, 0 skipped", true]);
    assert.match(lines.at(-2) ?? "", /^tests behind a failed hook are not counted under --parallel/);
  });
});

describe("arguments of npm test", () => {
  const shards = (args: readonly string[], env = {}, cores = 3): number => readArguments(args, env, cores).shards;

  it("take as many shards as the machine runs at once, from two to four, or as many as are asked for", () => {
    assert.deepEqual(
      [1, 3, 64].map((cores) => shards([], {}, cores)),
      [2, 3, 4],
    );
    assert.deepEqual(
      [shards([], { EXCHANGE_KEYS_SHARDS: "7" }), shards(["--shards", "5"], { EXCHANGE_KEYS_SHARDS: "7" })],
      [7, 5],
    );
    for (const wrong of ["0", "-1", "two", "1.5"]) assert.throws(() => shards([`--shards=${wrong}`]), /no number of shards/);
  });

  it("leave mocha as it is under options that shards do not know", () => {
    for (const option of ["--bail", "-R", "--reporter=dot", "--watch", "--parallel"]) assert.equal(shards([option]), 1, option);
    for (const option of ["-g", "--grep=x", "--timeout", "--forbid-pending"]) assert.equal(shards([option, "x"]), 3, option);
  });

  it("give mocha what is not ours", () => {
    const { mocha, skipsTypes, recordsDurations } = readArguments(["--no-types", "a.test.ts", "--shards", "2", "-g", "x"], {});
    assert.deepEqual([mocha, skipsTypes, recordsDurations], [["a.test.ts", "-g", "x"], true, false]);
  });
});

describe("progress", () => {
  const result = { file: "a.test.ts", ms: 1200, passed: 1, failed: 0, skipped: 0, failures: [], output: "\n\n  a\n    ✔ b\n\n" };

  function written(isTTY: boolean): string {
    let all = "";
    const write = (text: string | Uint8Array): boolean => {
      all += String(text);
      return true;
    };
    const out = { isTTY, columns: 60, write };
    const screen = new Screen(2, out);
    screen.started("a.test.ts");
    screen.started("b.test.ts");
    screen.ended(result);
    screen.close();
    return all;
  }

  const BLOCK = "── 1/2 a.test.ts: 1 passed, 0 failed, 0 skipped in 1.2 s\n  a\n    ✔ b\n\n";

  it("is plain lines in a pipe", () => {
    assert.equal(written(false), BLOCK);
  });

  it("is one line on a terminal, which is written anew below what is done and gone at the end", () => {
    const lines = written(true).split("\r\x1b[2K");
    assert.ok(lines.includes(BLOCK));
    const progress = lines.filter((line) => line !== "" && line !== BLOCK);
    assert.ok(progress.length >= 3 && progress.every((line) => !line.includes("\n") && line.length < 60));
    assert.match(progress.at(-1) ?? "", /^1\/2 files in 0\.\d s, now b\.test\.ts 0\.\d s$/);
    assert.equal(lines.at(-1), "");
  });
});

describe("the order of files", () => {
  it("starts with the longest, and takes what is not known for long", () => {
    assert.deepEqual(longestFirst(["short", "new", "long"], { short: 1, long: 100, gone: 1000 }), ["long", "new", "short"]);
  });

  it("forgets files that are gone, and keeps what was not measured", () => {
    assert.deepEqual(
      merged({ b: 1, gone: 2 }, { a: 3 }, (file) => file !== "gone"),
      { a: 3, b: 1 },
    );
  });
});

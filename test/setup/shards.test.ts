import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { root } from "../../scripts/setup/paths";
import { longestFirst, merged } from "../../scripts/shards/durations";
import { readArguments } from "../../scripts/shards/options";

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

describe("tests in shards", function () {
  // Each case starts three Node processes.
  this.timeout(1_200_000);

  it("are summed in the last line, with the exit code of all", async () => {
    const good = await npmTest(suite("passes"));
    assert.deepEqual([good.last, good.code], ["3 passed, 0 failed, 0 skipped", 0]);
    const bad = await npmTest(suite("passes"), suite("fails"));
    assert.deepEqual([bad.last, bad.code], ["4 passed, 1 failed, 1 skipped", 1]);
  });

  it("count as in one process", async () => {
    const files = [suite("passes"), suite("fails"), suite("hook-fails")];
    const [shards, one] = [await npmTest(...files), await npmTest("--shards", "1", ...files)];
    assert.deepEqual([shards.last, one.last], ["4 passed, 4 failed, 1 skipped", "4 passed, 4 failed, 1 skipped"]);
    assert.ok(one.code > 0);
  });

  it("print each file's lines together, failures with it and again at the end, and what each file took", async () => {
    const { lines } = await npmTest(suite("passes"), suite("fails"));
    const at = (pattern: RegExp): readonly number[] => lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
    const [start = 0] = at(/^── ./);
    const [one = 0, three = 0] = [at(/printed by one$/)[0], at(/printed by three$/)[0]];
    const heads = at(/^── [12]\/2 /);
    assert.equal(heads.length, 2);
    assert.ok(one > start && three > one && !heads.some((head) => head > one && head < three), "nothing lies between");
    const [sums = 0] = at(/^Files, slowest first:$/);
    const failures = at(/^ {2}a suite that fails > in this one$/);
    assert.deepEqual(
      failures.map((line) => line > sums),
      [false, true],
    );
    for (const line of failures) assert.equal(lines[line - 1], `  FAILED ${suite("fails")}`);
    assert.equal(at(/^- 'wanted'$/).length, 2);
    assert.equal(lines.slice(sums).filter((line) => /^ +\d+\.\d s {2}test\/setup\/suites\//.test(line)).length, 2);
  });

  const ends: readonly (readonly [name: string, line: string, says: RegExp])[] = [
    ["crashes", "4 passed, 3 failed, 0 skipped", /ended by itself, with signal SIGKILL/],
    ["exits", "3 passed, 3 failed, 0 skipped", /ended by itself, with code 0/],
    ["cannot-load", "3 passed, 1 failed, 0 skipped", /not to be loaded/],
    ["crashes-late", "4 passed, 1 failed, 0 skipped", /left behind/],
    ["only", "3 passed, 1 failed, 0 skipped", /forbid-only|`\.only`/],
  ];
  for (const [name, line, says] of ends) {
    it(`${name}: fail what did not run, say why, and let the other files run`, async () => {
      const { code, lines, last } = await npmTest(suite(name), suite("passes"));
      assert.deepEqual([last, code], [line, 1], lines.join("\n"));
      assert.match(lines.slice(lines.indexOf("Files, slowest first:")).join("\n"), says);
    });
  }

  it("show what a process printed before it ended", async () => {
    assert.ok((await npmTest(suite("crashes"))).lines.includes("the last words"));
  });

  it("take mocha's arguments", async () => {
    const { last } = await npmTest(suite("passes"), suite("fails"), "-g", "th(is|ree)");
    assert.equal(last, "2 passed, 1 failed, 1 skipped");
    assert.equal((await npmTest("--shards=1", suite("fails"), "-g", "before this one")).last, "1 passed, 0 failed, 0 skipped");
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

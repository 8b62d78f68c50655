import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind } from "../../providers/src/core/errors";
import { Journal } from "../../providers/src/journal/journal";
import { type Intent, makeLine, NO_LINE, readLine } from "../../providers/src/journal/record";
import { verifyJournal } from "../../providers/src/journal/verify";

const NOW = new Date("2026-11-22T10:00:00.000Z");
const ISSUE: Intent = {
  kind: "intent",
  act: "issue",
  exchange: "here",
  account: "main",
  subAccount: "1",
  serial: 4,
  label: "xk",
};

describe("journal", () => {
  let folder: string;
  let journals: Journal[];

  beforeEach(async () => {
    journals = [];
    folder = join(await mkdtemp(join(tmpdir(), "exchange-keys-journal-")), "kept");
  });
  afterEach(async () => {
    for (const one of journals) await one.close();
    await rm(join(folder, ".."), { recursive: true });
  });

  function journal(run = "aaaa", now = NOW): Journal {
    const one = new Journal(folder, { run, actor: "ann", environment: "sandbox", stack: "prod" }, { now: () => now });
    journals.push(one);
    return one;
  }

  async function only(): Promise<string> {
    const [name, ...others] = await readdir(folder);
    assert.ok(name !== undefined && others.length === 0);
    return join(folder, name);
  }

  it("makes no file before the first act, and one that nobody else reads then", async () => {
    const one = journal();
    await assert.rejects(readdir(folder));
    await one.append(ISSUE);
    const text = await readFile(await only(), "utf8");
    assert.deepEqual(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).kind),
      ["start", "intent"],
    );
    assert.match(text, /"run":"aaaa","actor":"ann","environment":"sandbox","stack":"prod"/);
  });

  it("numbers what is written at once, in order, and follows every hash", async () => {
    const one = journal();
    const numbers = await Promise.all(Array.from({ length: 50 }, () => one.append(ISSUE)));
    await one.append({ kind: "outcome", of: numbers[0] ?? -1, done: true, key: "wxyz" });
    assert.deepEqual(
      numbers,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    const found = await verifyJournal(folder);
    assert.deepEqual([found.files, found.records, found.acts, found.failedActs], [1, 52, 50, 0]);
    assert.deepEqual([found.unfinished.length, found.problems, found.torn], [49, [], []]);
  });

  it("begins with the last line of the file before", async () => {
    await journal("aaaa").append(ISSUE);
    await journal("bbbb", new Date(NOW.getTime() + 60_000)).append(ISSUE);
    const found = await verifyJournal(folder);
    assert.deepEqual([found.files, found.problems], [2, []]);
    const [first = ""] = (await readdir(folder)).sort();
    await rm(join(folder, first));
    assert.deepEqual((await verifyJournal(folder)).problems, [], "older files may be archived");
  });

  for (const [what, change, problem] of [
    ["a changed word", (text: string) => text.replace('"serial":4', '"serial":5'), /line 2: is not what was written/],
    ["a line taken out", (text: string) => text.replace(/\n.*?\n/, "\n"), /line 2: is not what was written/],
    ["a line put twice", (text: string) => text.replace(/\n(.*?)\n/, "\n$1\n$1\n"), /line 3: is not what was written/],
    ["a line with a hash of its own", (text: string) => forged(text), /line 3: is not what was written/],
    [
      "lines cut off at the end",
      (text: string) => text.split("\n").slice(0, 2).concat("").join("\n"),
      /lacks the line that .*bbbb.* follows/,
    ],
  ] as const) {
    it(`finds ${what}`, async () => {
      const one = journal("aaaa");
      for (let count = 0; count < 3; count += 1) await one.append(ISSUE);
      const file = await only();
      await journal("bbbb", new Date(NOW.getTime() + 60_000)).append(ISSUE);
      assert.deepEqual((await verifyJournal(folder)).problems, []);
      await writeFile(file, change(await readFile(file, "utf8")));
      assert.match((await verifyJournal(folder)).problems.join("\n"), problem);
    });
  }

  it("finds a file that is gone from the middle", async () => {
    for (const [index, run] of ["aaaa", "bbbb", "cccc"].entries()) {
      await journal(run, new Date(NOW.getTime() + index * 60_000)).append(ISSUE);
    }
    const [, middle = ""] = (await readdir(folder)).sort();
    await rm(join(folder, middle));
    assert.match((await verifyJournal(folder)).problems.join("\n"), /bbbb.*is missing/);
  });

  it("takes a torn last line for the end of a process, and goes on after it", async () => {
    await journal("aaaa").append(ISSUE);
    const file = await only();
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, -20));
    await journal("bbbb", new Date(NOW.getTime() + 60_000)).append(ISSUE);
    const found = await verifyJournal(folder);
    assert.deepEqual([found.problems, found.torn.length, found.acts], [[], 1, 1]);
  });

  it("says where it cannot write, and begins a new file when it can again", async () => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere: a file in the folder's place stops it too.
      await writeFile(folder, "");
      await assert.rejects(journal().append(ISSUE), (error) => isKind(error, "JournalFailed") && error.message.includes(folder));
      await rm(folder);
      await journal().append(ISSUE);
      return;
    }
    const one = journal();
    await one.append(ISSUE);
    await chmod(folder, 0o500);
    await assert.rejects(journal("bbbb").append(ISSUE), (error) => isKind(error, "JournalFailed"));
    await chmod(folder, 0o700);
    await journal("bbbb").append(ISSUE);
    assert.equal((await readdir(folder)).length, 2);
  });

  it("reads back exactly what it wrote, after that line only", () => {
    const record = { seq: 3, time: NOW.toISOString(), ...ISSUE };
    const { line, hash } = makeLine(record, NO_LINE);
    assert.deepEqual(readLine(line, NO_LINE), { record, hash });
    assert.equal(readLine(line, hash), undefined);
    assert.equal(readLine(`${line} `, NO_LINE), undefined);
  });
});

/** The second line changed and hashed anew, as if nothing followed it. */
function forged(text: string): string {
  const [first = "", second = "", ...rest] = text.split("\n");
  const before = readLine(first, NO_LINE)?.hash ?? "";
  const record = readLine(second, before)?.record;
  assert.ok(record?.kind === "intent");
  return [first, makeLine({ ...record, serial: 9 }, before).line, ...rest].join("\n");
}

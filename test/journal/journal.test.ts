import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
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

  function journal(run = "aaaa", now = NOW, stack: () => string | undefined = () => "prod"): Journal {
    const one = new Journal(folder, { run, actor: "ann", environment: "sandbox", stack }, { now: () => now });
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

  it("names the stack as soon as it is told, once, and in every file that it begins", async () => {
    let stack: string | undefined;
    const one = journal("aaaa", NOW, () => stack);
    await one.append(ISSUE);
    stack = "prod";
    const numbers = [await one.append(ISSUE), await one.append(ISSUE)];
    assert.deepEqual(numbers, [3, 4], "numbers are those of the acts");
    const kinds = async (): Promise<readonly string[]> => {
      const lines = (await readFile(await only(), "utf8")).trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line)).map(({ kind, stack: named }) => `${kind}${named ? ` ${named}` : ""}`);
    };
    assert.deepEqual(await kinds(), ["start", "intent", "stack prod", "intent", "intent"]);
    assert.deepEqual((await verifyJournal(folder)).problems, []);
    await one.close();
    await rm(await only());
    await one.append(ISSUE);
    assert.deepEqual(await kinds(), ["start prod", "intent"]);
  });

  it("keeps its folders to their owner", async () => {
    const deep = new Journal(join(folder, "a", "b"), { run: "aaaa", actor: "ann", environment: "sandbox" }, { now: () => NOW });
    journals.push(deep);
    const umask = process.umask(0o022);
    try {
      await deep.append(ISSUE);
    } finally {
      process.umask(umask);
    }
    for (const one of [folder, join(folder, "a"), join(folder, "a", "b")]) assert.equal((await stat(one)).mode & 0o777, 0o700);
  });

  it("gives up where no folder can be made", async function () {
    // The kernel's own file system: nobody creates anything there, and Node's own recursive mkdir would try for ever.
    if (!existsSync("/proc/self")) this.skip();
    const opening = { run: "aaaa", actor: "ann", environment: "sandbox" };
    const one = new Journal("/proc/exchange-keys-test/journal", opening, { now: () => NOW });
    await assert.rejects(one.append(ISSUE), (error) => isKind(error, "JournalFailed"));
  });

  it("gives up below a link that leads nowhere", async () => {
    await symlink(join(folder, "no", "where"), join(folder, "..", "dangling"));
    const opening = { run: "aaaa", actor: "ann", environment: "sandbox" };
    const one = new Journal(join(folder, "..", "dangling", "journal"), opening, { now: () => NOW });
    await assert.rejects(one.append(ISSUE), (error) => isKind(error, "JournalFailed") && error.message.includes("EEXIST"));
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
    const read = readLine(line, NO_LINE);
    assert.deepEqual([read?.record, read?.hash], [record, hash]);
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

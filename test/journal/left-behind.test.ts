import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalProblems } from "../../harness/journal-problems";
import { Journal } from "../../providers/src/journal/journal";

describe("a journal that killed runs have left", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-left-behind-"));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  /** A process that is killed in an act. */
  async function killed(run: string, minute: number): Promise<string> {
    const clock = { now: () => new Date(Date.UTC(2026, 10, 22, 10, minute)) };
    const journal = new Journal(folder, { run, actor: "ann", environment: "sandbox" }, clock);
    await journal.append({ kind: "intent", act: "issue", exchange: "here", account: "main" });
    await journal.close();
    const name = (await readdir(folder)).find((one) => one.includes(`-${run}-`)) ?? "";
    return join(folder, name);
  }

  it("may end in a torn line, and in an act without an outcome", async () => {
    const file = await killed("one", 0);
    await writeFile(file, `${await readFile(file, "utf8")}{"seq":2,"ti`);
    await killed("two", 1);
    assert.deepEqual(await journalProblems(folder), []);
  });

  for (const [what, harm, problem] of [
    ["a changed line", async (file: string) => writeFile(file, (await readFile(file, "utf8")).replace("main", "mean")), /line 2/],
    ["a missing file, the oldest too", (file: string) => rm(file), /journal: .*-one-.* is gone/],
  ] as const) {
    it(`shows ${what}`, async () => {
      const file = await killed("one", 0);
      await killed("two", 1);
      await harm(file);
      assert.match((await journalProblems(folder)).join("\n"), problem);
    });
  }

  it("shows that nobody wrote anything", async () =>
    assert.deepEqual(await journalProblems(folder), ["journal: no act is written"]));
});

import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../../providers/src/journal/journal";
import { type Intent, makeLine, NO_LINE } from "../../providers/src/journal/record";
import { verifyJournal } from "../../providers/src/journal/verify";

const ISSUE: Intent = { kind: "intent", act: "issue", exchange: "here", account: "main" };

describe("journal files", () => {
  let folder: string;
  let journals: Journal[];

  beforeEach(async () => {
    journals = [];
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-links-"));
  });
  afterEach(async () => {
    for (const one of journals) await one.close();
    await rm(folder, { recursive: true });
  });

  /** A process that begins at `time` of one day. */
  function journal(run: string, time: string): Journal {
    const clock = { now: () => new Date(`2026-11-22T${time}.000Z`) };
    const one = new Journal(folder, { run, actor: "ann", environment: "sandbox" }, clock);
    journals.push(one);
    return one;
  }

  /** One that begins, does one act, and ends. */
  async function ran(run: string, time: string): Promise<void> {
    await journal(run, time).append(ISSUE);
  }

  async function fileOf(run: string): Promise<string> {
    const name = (await readdir(folder)).find((one) => one.includes(`-${run}-`));
    assert.ok(name !== undefined, `no file of ${run}`);
    return join(folder, name);
  }

  async function problems(): Promise<string> {
    return (await verifyJournal(folder)).problems.join("\n");
  }

  async function cutOff(run: string): Promise<void> {
    const file = await fileOf(run);
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, [...lines.slice(0, -2), ""].join("\n"));
  }

  describe("of runs that overlap", () => {
    beforeEach(async () => {
      const [one, two, three] = [journal("one", "10:00:00"), journal("two", "10:00:00"), journal("three", "10:00:01")];
      await Promise.all([one.append(ISSUE), two.append(ISSUE)]);
      await three.append(ISSUE);
      // It goes on after it was named.
      await one.append(ISSUE);
      await ran("four", "11:00:00");
    });

    it("are whole", async () => assert.equal(await problems(), ""));

    for (const run of ["one", "two", "three"]) {
      it(`shows that the end of "${run}" was cut off`, async () => {
        await cutOff(run);
        assert.match(await problems(), new RegExp(`-${run}-.*: lacks the line that .* follows`));
      });
    }

    for (const run of ["two", "three"]) {
      it(`shows that "${run}" was removed`, async () => {
        await rm(await fileOf(run));
        assert.match(await problems(), new RegExp(`-${run}-.*: is missing; .* follows it`));
      });
    }

    it("names each end once only", async () => {
      await ran("five", "12:00:00");
      const [start = ""] = (await readFile(await fileOf("five"), "utf8")).split("\n");
      const { follows } = JSON.parse(start) as { readonly follows: readonly { readonly file: string }[] };
      assert.deepEqual(
        follows.map(({ file }) => file),
        [(await fileOf("four")).slice(folder.length + 1)],
      );
    });
  });

  it("may be archived from the oldest on, also when several files name one that is gone, and say which those are", async () => {
    const [one, two] = [journal("one", "10:00:00"), journal("two", "10:30:00")];
    await one.append(ISSUE);
    await two.append(ISSUE);
    await one.append(ISSUE);
    await ran("three", "11:00:00");
    const oldest = await fileOf("one");
    await rm(oldest);
    // Begun under a clock that was set back, and killed before it wrote: it says nothing of what was kept.
    await writeFile(join(folder, "2026-11-22T09-00-00-000Z-zero-0.jsonl"), "");
    const found = await verifyJournal(folder);
    assert.deepEqual([found.problems, found.archived], [[], [oldest.slice(folder.length + 1)]]);
  });

  it("follow each other by hash, whatever a clock that was set back has called them", async () => {
    await ran("one", "10:00:00");
    await ran("two", "09:00:00");
    await ran("three", "09:30:00");
    assert.equal(await problems(), "");
    await cutOff("two");
    assert.match(await problems(), /-two-.*: lacks the line that .*-three-/);
  });

  it("shows a file that follows none, where there was one", async () => {
    await ran("one", "10:00:00");
    const kept = await readFile(await fileOf("one"), "utf8");
    await rm(await fileOf("one"));
    await ran("two", "11:00:00");
    await writeFile(join(folder, "2026-11-22T10-00-00-000Z-one-0.jsonl"), kept);
    assert.match(await problems(), /-two-.*: names no file before it, and .*-one-.* was there/);
  });

  it("without a single line are torn, not changed: the process ended before it wrote", async () => {
    await writeFile(join(folder, "2026-11-22T09-00-00-000Z-zero-0.jsonl"), "");
    await ran("one", "10:00:00");
    const { torn, problems: found } = await verifyJournal(folder);
    assert.deepEqual([torn, found], [["2026-11-22T09-00-00-000Z-zero-0.jsonl"], []]);
  });

  it("of a whole journal that was emptied are changed", async () => {
    await ran("one", "10:00:00");
    await ran("two", "11:00:00");
    await writeFile(await fileOf("one"), "");
    assert.match(await problems(), /-one-.*: lacks the line that .*-two-/);
  });

  it("of format 1, which name one file, are read and followed", async () => {
    const opening = { run: "one", actor: "ann", environment: "sandbox", format: "exchange-keys/journal/1" } as const;
    const start = { seq: 0, time: "2026-11-22T08:00:00.000Z", kind: "start", ...opening } as const;
    const first = makeLine(start, NO_LINE);
    await writeFile(join(folder, "2026-11-22T08-00-00-000Z-one-0.jsonl"), `${first.line}\n`);
    const previous = { file: "2026-11-22T08-00-00-000Z-one-0.jsonl", hash: first.hash };
    const second = makeLine({ ...start, run: "two", time: "2026-11-22T09:00:00.000Z", previous }, NO_LINE);
    await writeFile(join(folder, "2026-11-22T09-00-00-000Z-two-0.jsonl"), `${second.line}\n`);
    await ran("three", "10:00:00");
    const { records, problems: found } = await verifyJournal(folder);
    assert.deepEqual([records, found], [4, []]);
    await writeFile(await fileOf("one"), "");
    assert.match(await problems(), /-one-.*: lacks the line that .*-two-/);
  });

  it("of a newer version are followed by hash, and told from changed ones", async () => {
    await ran("one", "10:00:00");
    const file = await fileOf("one");
    const last = /"hash":"([0-9a-f]{64})"\}\n$/.exec(await readFile(file, "utf8"))?.[1] ?? "";
    const unknown = makeLine(JSON.parse('{"seq":2,"kind":"intent","act":"teleport","exchange":"here","account":"main"}'), last);
    const known = makeLine({ seq: 3, time: "2026-11-22T10:00:00.000Z", kind: "outcome", of: 1, done: true }, unknown.hash);
    await appendFile(file, `${unknown.line}\n${known.line}\n`);
    const { newer, problems: found, unfinished } = await verifyJournal(folder);
    assert.deepEqual([newer.length, found, unfinished], [1, [], []]);
    assert.match(newer[0] ?? "", /-one-.*, line 3: was written by a newer version/);
    await writeFile(file, (await readFile(file, "utf8")).replace("teleport", "teleports"));
    assert.match(await problems(), /-one-.*, line 3: is not what was written there/);
  });
});

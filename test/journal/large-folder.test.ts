import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind } from "../../providers/src/core/errors";
import { Journal } from "../../providers/src/journal/journal";
import { type Followed, JOURNAL_FORMAT, type JournalRecord, makeLine, NO_LINE } from "../../providers/src/journal/record";
import { verifyJournal } from "../../providers/src/journal/verify";
import { asUser, isRoot } from "../files/users";

const MB = 1_000_000;
const BEGUN = Date.UTC(2026, 0, 1);
const OTHER = { uid: 20_001, gid: 20_001 };

/** A file of a run that follows others, with acts of some bytes each. */
function writeRun(folder: string, number: number, run: { acts: number; bytes: number; follows: readonly Followed[] }): Followed {
  const time = new Date(BEGUN + number * 60_000).toISOString();
  const file = `${time.replaceAll(/[:.]/g, "-")}-${String(number).padStart(12, "0")}-0.jsonl`;
  let hash = NO_LINE;
  let lines = "";
  const add = (record: JournalRecord): void => {
    const made = makeLine(record, hash);
    hash = made.hash;
    lines += `${made.line}\n`;
  };
  const follows = run.follows.length === 0 ? {} : { follows: run.follows };
  add({
    seq: 0,
    time,
    kind: "start",
    format: JOURNAL_FORMAT,
    run: "r",
    actor: "ann",
    environment: "sandbox",
    stack: "prod",
    ...follows,
  });
  for (let seq = 1; seq <= run.acts; seq += 1) {
    add({ seq, time, kind: "intent", act: "revoke", exchange: "here", account: "main", label: "x".repeat(run.bytes) });
  }
  writeFileSync(join(folder, file), lines);
  return { file, hash };
}

describe("the first act of a process", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exchange-keys-large-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What the file of a run that begins now says of those before it. */
  async function followed(run = "new", now = Date.UTC(2030, 0, 1)): Promise<readonly Followed[] | undefined> {
    const clock = { now: () => new Date(now) };
    const journal = new Journal(folder, { run, actor: "ann", environment: "sandbox" }, clock);
    await journal.append({ kind: "intent", act: "issue", exchange: "here", account: "main" });
    await journal.close();
    const name = readdirSync(folder).find((one) => one.includes(`-${run}-`)) ?? "";
    return JSON.parse(readFileSync(join(folder, name), "utf8").split("\n")[0] ?? "").follows;
  }

  for (const [files, acts, bytes] of [
    [350, 300, 800],
    [20_000, 4, 1050],
  ] as const) {
    it(`reads at most 5 MB and takes at most 50 MB of memory, where 100 MB lie in ${files} files`, async function () {
      this.timeout(120_000);
      if (!existsSync("/proc/self/io")) this.skip();
      let last: readonly Followed[] = [];
      for (let number = 0; number < files; number += 1) last = [writeRun(folder, number, { acts, bytes, follows: last })];
      const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      assert.ok(total >= 100 * MB, String(total));
      const child = spawnSync(process.execPath, ["--import", "tsx", join(__dirname, "first-act.ts"), folder], {
        encoding: "utf8",
      });
      const { read, memory } = JSON.parse(child.stdout);
      assert.ok(read > 1000 && read <= 5 * MB, `${read} bytes were read`);
      assert.ok(memory <= 50 * MB, `${memory} bytes of memory were taken`);
      const [measured = ""] = readdirSync(folder).filter((name) => name.includes("-measured-"));
      const { follows } = JSON.parse(readFileSync(join(folder, measured), "utf8").split("\n")[0] ?? "");
      assert.deepEqual(follows, last);
    });
  }

  it("names every loose end, also behind first lines that are long and after lines that are torn", async () => {
    const ends = Array.from({ length: 200 }, (_, number) => writeRun(folder, number, { acts: 1, bytes: 10, follows: [] }));
    const all = writeRun(folder, 200, { acts: 0, bytes: 0, follows: ends.slice(0, 150) });
    const torn = writeRun(folder, 201, { acts: 3, bytes: 3000, follows: [] });
    const path = join(folder, torn.file);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"seq":4,"label":"${"x".repeat(20_000)}`);
    assert.deepEqual(await followed(), [...ends.slice(150), all, torn]);
    // The new run's own line names more than a thousand bytes of them.
    assert.deepEqual((await followed("next", Date.UTC(2031, 0, 1)))?.length, 1);
    assert.deepEqual(
      (await verifyJournal(folder)).problems.filter((problem) => !problem.includes("names no file before")),
      [],
    );
  });

  it("is not stopped by what is no journal, and verification names it", async () => {
    const last = writeRun(folder, 1, { acts: 1, bytes: 10, follows: [] });
    mkdirSync(join(folder, "folder.jsonl"));
    assert.equal(spawnSync("mkfifo", [join(folder, "pipe.jsonl")]).status, 0);
    symlinkSync("/dev/zero", join(folder, "zero.jsonl"));
    symlinkSync("nowhere", join(folder, "dangling.jsonl"));
    symlinkSync("round.jsonl", join(folder, "round.jsonl"));
    const huge = openSync(join(folder, "huge.jsonl"), "w");
    ftruncateSync(huge, 2 ** 40);
    closeSync(huge);
    writeFileSync(join(folder, "image.jsonl"), Buffer.alloc(100_000, 0xff));
    writeFileSync(join(folder, "empty.jsonl"), "");
    assert.deepEqual(await followed(), [last]);
    truncateSync(join(folder, "huge.jsonl"), 300 * 1024 * 1024);
    const { problems } = await verifyJournal(folder);
    for (const name of ["folder", "pipe", "zero", "dangling", "round", "huge"]) {
      assert.ok(problems.includes(`${name}.jsonl: is no file that a run wrote: move it away`), `${name}: ${problems.join("; ")}`);
    }
  });

  it("names a file that it cannot read, and what to do", async () => {
    const last = writeRun(folder, 1, { acts: 1, bytes: 10, follows: [] });
    chmodSync(join(folder, last.file), 0);
    chmodSync(folder, 0o777);
    const text = new RegExp(
      `${last.file}, which lies in the journal .* cannot be read \\(EACCES\\).*Let this user read it.*move it away`,
    );
    const refused = (error: unknown): boolean => isKind(error, "JournalFailed") && text.test(error.message);
    await (isRoot() ? asUser(OTHER, () => assert.rejects(followed(), refused)) : assert.rejects(followed(), refused));
  });
});

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../../providers/src/journal/journal";
import { makeLine, NO_LINE } from "../../providers/src/journal/record";
import { run } from "./terminal";

describe("exchange-keys journal", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-cli-journal-"));
    const clock = { now: () => new Date("2026-11-22T10:00:00.000Z") };
    const journal = new Journal(folder, { run: "aaaa", actor: "ann", environment: "sandbox" }, clock);
    const subject = { exchange: "here", account: "main", subAccount: "1", name: "mm", serial: 4 };
    const of = await journal.append({ kind: "intent", act: "issue", ...subject });
    await journal.append({ kind: "outcome", of, done: true, key: "wxyz" });
    await journal.append({ kind: "intent", act: "seal", ...subject });
    await journal.close();
  });
  after(async () => rm(folder, { recursive: true }));

  it("says that a journal is whole, and which act has no outcome", async () => {
    const { code, out, err } = await run(["journal", folder]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /1 files, 4 records, 2 acts, 0 of them failed\nevery hash follows/);
    assert.match(out, /^2026-11-22T10:00:00\.000Z {2}seal {2}here\/1\/mm {2}4 .*aaaa-0\.jsonl:4$/m);
  });

  it("says the same as JSON", async () => {
    const { out } = await run(["journal", folder, "--json"]);
    const said = JSON.parse(out);
    assert.deepEqual([said.format, said.acts, said.problems], ["exchange-keys/journal-verification/1", 2, []]);
    assert.deepEqual(said.unfinished[0].act, "seal");
  });

  it("fails when somebody changed a line, naming it", async () => {
    const [name = ""] = await readdir(folder);
    const file = join(folder, name);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"done":true', '"done":false'));
    const { code, out, err } = await run(["journal", folder]);
    assert.equal(code, 1);
    assert.match(out, /CHANGED:\n {2}.*aaaa-0\.jsonl, line 3: is not what was written/);
    assert.match(err, /JournalFailed: the journal was changed/);
  });

  it("fails for a folder in which nothing was written, and does not call that whole", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    for (const makeIt of [async () => undefined, () => writeFile(join(empty, "2026-11-22T10-00-00-000Z-bbbb-0.jsonl"), "")]) {
      await makeIt();
      const { code, out, err } = await run(["journal", empty]);
      assert.equal(code, 1);
      assert.match(out, /there is nothing to verify/);
      assert.doesNotMatch(out, /every hash follows/);
      assert.match(err, /JournalFailed: there is nothing to verify in /);
    }
  });

  it("fails for what a newer version wrote, and does not say that somebody changed it", async () => {
    const newer = join(folder, "newer");
    await mkdir(newer);
    const record = JSON.parse('{"seq":0,"kind":"start","format":"exchange-keys/journal/9"}');
    await writeFile(join(newer, "a.jsonl"), `${makeLine(record, NO_LINE).line}\n`);
    const { code, out, err } = await run(["journal", newer]);
    assert.equal(code, 1);
    assert.match(out, /FROM A NEWER VERSION:\n {2}a\.jsonl, line 1: /);
    assert.doesNotMatch(`${out}${err}`, /changed/i);
    assert.match(err, /JournalFailed: a newer version wrote in the journal/);
  });

  it("fails for a folder that is not there", async () => {
    const { code, err } = await run(["journal", join(folder, "nowhere")]);
    assert.equal(code, 1);
    assert.match(err, /cannot be read \(ENOENT\)/);
  });
});

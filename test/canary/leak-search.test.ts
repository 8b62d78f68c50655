import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findLeaks, type Leak, NAMED_SO, spellingsOf } from "../../harness/leak-search";
import { PLANTED, PLANTS } from "./planted";

const HIDDEN = [{ kind: "planted text", value: PLANTED }];
/** May stand in a path. */
const NAME = "Pa55-phrase-of-a-key";

const MEBIBYTE = 2 ** 20;

describe("the search for secrets", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-planted-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const named = (leaks: readonly Leak[]): readonly (readonly string[])[] =>
    leaks.map(({ file, spelling }) => [basename(file), spelling]);

  it("finds each spelling, names it and never shows what it found", async () => {
    const deep = join(folder, "some", "where");
    await mkdir(deep, { recursive: true });
    for (const [spelling, content] of Object.entries(PLANTS)) await writeFile(join(deep, spelling), content);
    await writeFile(join(deep, "clean"), "nothing here");
    const leaks = await findLeaks([folder], HIDDEN);
    const planted = Object.keys(PLANTS).map((spelling) => [spelling, spelling]);
    assert.deepEqual([...named(leaks)].sort(), planted.sort());
    assert.ok(!JSON.stringify(leaks).includes("0123456789abcdef"));
  });

  it("has a plant for each spelling that it knows", () => {
    assert.equal(spellingsOf(PLANTED).length, Object.keys(PLANTS).length);
  });

  it("finds what two reads of a large file share, the longest spelling too, wherever it is cut", async () => {
    const file = join(folder, "large");
    const longest = spellingsOf(PLANTED).reduce((one, other) => (other.length > one.length ? other : one));
    const { length } = Buffer.from(longest);
    for (const before of [0, 1, 2, 3, 4, length / 2, length - 4, length - 3, length - 2, length - 1, length]) {
      await writeFile(file, Buffer.alloc(MEBIBYTE - before, "p"));
      await appendFile(file, `${longest}${"a".repeat(100)}`);
      assert.equal((await findLeaks([file], HIDDEN)).length, 1, `${before} bytes before`);
    }
  });

  it("takes no longer for a thousand texts than for one: ten megabytes within a second or so", async () => {
    const file = join(folder, "log");
    const line = 'I1127 22:21:36.123456 eventsink.go:86] {"secret":"\\u003csealed\\u003e"} [112 34 108] %7B%22 0f0f\n';
    await writeFile(file, line.repeat(Math.ceil((10 * MEBIBYTE) / line.length)));
    const hidden = Array.from({ length: 40 }, (_, index) => ({ kind: "one of many", value: `${index}${PLANTED}` }));
    // Of this process alone: what others take of a busy machine does not count.
    const start = process.cpuUsage();
    assert.deepEqual(await findLeaks([file], hidden), []);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 3_000_000, `${Math.round((user + system) / 1000)} ms`);
  });

  it("finds names of files and folders, and targets of links, without showing them", async () => {
    await mkdir(join(folder, "kept", NAME), { recursive: true });
    await writeFile(join(folder, `${Buffer.from(NAME).toString("hex")}.tmp`), "");
    await symlink(`/nowhere/${NAME}`, join(folder, "link"));
    const leaks = await findLeaks([folder], [{ kind: "name", value: NAME }]);
    assert.deepEqual([...named(leaks)].sort(), [
      [NAMED_SO, "hex"],
      [NAMED_SO, "raw"],
      ["link", "raw"],
    ]);
  });

  it("leaves out what it is told to, and nothing whose name begins so", async () => {
    for (const name of ["own", "owner"]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "secret"), PLANTED);
    }
    const leaks = await findLeaks([folder], HIDDEN, [join(folder, "own")]);
    assert.deepEqual(
      leaks.map(({ file }) => file),
      [join(folder, "owner", "secret")],
    );
  });

  it("refuses what it would find by chance", async () => {
    await assert.rejects(findLeaks([], [{ kind: "word", value: "seven77" }]), /the word is too short/);
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { FileWatch } from "./file-watch";

/** Long enough to be told of a change: the system says it at once, and this process hears it in its next turn, however late that comes. */
async function aWhile(): Promise<void> {
  await sleep(50);
  await turn();
}

/** Versions that live for no time at all, deleted and replaced in every way that Node has. */
const AT_ONCE = `
import * as fs from "node:fs";
import { rename, unlink } from "node:fs/promises";
const draft = (text) => fs.writeFileSync("draft", text);
draft("promised"); await rename("draft", "document");
draft("sync"); fs.renameSync("draft", "document");
draft("called back"); await new Promise((done) => fs.rename("draft", "document", done));
draft("unlinked"); fs.unlinkSync("draft");
draft("unlinked later"); await unlink("draft");
draft("unlinked then"); await new Promise((done) => fs.unlink("draft", done));
fs.mkdirSync("own"); fs.writeFileSync("own/secret", "left alone"); fs.unlinkSync("own/secret");
`;

describe("the watch of files", () => {
  let folder: string;
  let kept: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-files-"));
    kept = join(folder, "kept");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const at = (...names: readonly string[]): string => join(folder, ...names);

  async function contents(): Promise<readonly string[]> {
    const entries = await readdir(kept, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, "utf8")))).sort();
  }

  it("keeps what is deleted, replaced, and in folders that come and go", async () => {
    await writeFile(at("before"), "was there before");
    const watch = new FileWatch({ folder, kept, except: [at("own")] });
    await mkdir(at("own"));
    await writeFile(at("own", "secret"), "left alone");
    for (const round of ["first", "second"]) {
      await mkdir(at("deep", "er"), { recursive: true });
      await writeFile(at("deep", "er", "temporary"), `${round} temporary`);
      await aWhile();
      await rm(at("deep"), { recursive: true });
      await writeFile(at("draft"), `${round} version`);
      await rename(at("draft"), at("document"));
      await aWhile();
    }
    await rm(at("before"));
    await aWhile();
    watch.end();
    assert.deepEqual(await contents(), [
      "first temporary",
      "first version",
      "second temporary",
      "second version",
      "was there before",
    ]);
  });

  it("is helped by processes of Node, which keep what they delete and replace at once", async () => {
    const preload = join(__dirname, "keep-preload.cjs");
    const watched = { folder, kept, except: [at("own")] };
    const env = { PATH: process.env.PATH, EXCHANGE_KEYS_CANARY_KEPT: JSON.stringify(watched) };
    const args = ["--require", preload, "--input-type=module", "--eval", AT_ONCE];
    await promisify(execFile)(process.execPath, args, { env, cwd: folder });
    assert.deepEqual(await contents(), ["called back", "promised", "sync", "unlinked", "unlinked later", "unlinked then"]);
    assert.equal(await readFile(at("document"), "utf8"), "called back");
  });

  it("says that it could not keep something", async () => {
    const watch = new FileWatch({ folder, kept, except: [] });
    await rm(kept, { recursive: true });
    await writeFile(kept, "in the way");
    await writeFile(at("new"), "cannot be kept");
    await aWhile();
    assert.throws(() => watch.end(), /files could not be watched/);
  });
});

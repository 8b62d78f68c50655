import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { place, readMarker } from "../../scripts/setup/cache";
import { fingerprint, isFresh, readTree } from "../../scripts/setup/fingerprint";
import { cacheFolder, officialFolder } from "../../scripts/setup/paths";
import { inFolder } from "./folder";

const files = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));

describe("whether the compiled provider is stale", () => {
  const now = { sources: "s", built: "b" };
  it("is fresh only when nothing changed on either side", () => {
    assert.ok(isFresh({ ...now }, now));
    assert.ok(!isFresh(undefined, now));
    assert.ok(!isFresh({ sources: "older", built: "b" }, now));
    assert.ok(!isFresh({ sources: "s", built: "edited by hand" }, now));
  });

  it("a fingerprint tells every name and byte, and no order", () => {
    const base = fingerprint(files({ "a.ts": "1", "b.ts": "2" }));
    assert.equal(fingerprint(files({ "b.ts": "2", "a.ts": "1" })), base);
    const others = [
      { "a.ts": "1" },
      { "a.ts": "1", "b.ts": "3" },
      { "a.ts": "1", "c.ts": "2" },
      { "a.ts": "12", "b.ts": "" },
      { "a.ts1": "", "b.ts": "2" },
    ];
    for (const other of others) assert.notEqual(fingerprint(files(other)), base);
  });

  it("reads files in folders at any depth, and leaves out what is not there", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "src/deep"), { recursive: true });
      await writeFile(join(folder, "src/deep/a.ts"), "a");
      await writeFile(join(folder, "package.json"), "{}");
      const found = await readTree(folder, ["src", "package.json", "missing"]);
      assert.deepEqual([...found.keys()].sort(), ["package.json", "src/deep/a.ts"]);
    }));
});

describe("the cache of the CLI", () => {
  it("appears in one step, with a marker that says how it was obtained", () =>
    inFolder(async (folder) => {
      const target = join(folder, "pulumi-1.0.0");
      await place(target, "1.0.0", async (bin) => {
        assert.ok(!existsSync(target));
        await writeFile(join(bin, "pulumi"), "x");
        return "made here";
      });
      assert.equal((await readMarker(target))?.obtained, "made here");
      assert.equal(await readFile(join(target, "bin/pulumi"), "utf8"), "x");
      assert.deepEqual(await readdir(folder), ["pulumi-1.0.0"]);
    }));

  it("keeps nothing of an attempt that failed, and replaces what has no marker", () =>
    inFolder(async (folder) => {
      const target = join(folder, "pulumi-1.0.0");
      const fail = place(target, "1.0.0", () => Promise.reject(new Error("no")));
      await assert.rejects(fail, /no/);
      assert.deepEqual(await readdir(folder), []);
      await mkdir(join(target, "bin"), { recursive: true });
      assert.equal(await readMarker(target), undefined);
      await place(target, "1.0.0", () => Promise.resolve("again"));
      assert.equal((await readMarker(target))?.obtained, "again");
    }));

  it("lies where XDG says, and looks where Pulumi itself keeps its releases", () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/c" }), join("/c", "pulumi-exchange-keys"));
    assert.match(cacheFolder({ XDG_CACHE_HOME: "" }), /\.cache.pulumi-exchange-keys$/);
    assert.equal(officialFolder("1.2.3", { PULUMI_HOME: "/p" }), join("/p", "versions", "1.2.3", "bin"));
  });
});

describe("two set-ups at once", () => {
  it("run one after the other", () =>
    inFolder(async (folder) => {
      const { withLock } = await import("../../scripts/setup/lock.mjs");
      const lock = join(folder, "lock");
      let inside = 0;
      const work = () =>
        withLock(
          lock,
          () => {},
          async () => {
            inside++;
            assert.equal(inside, 1);
            await stat(lock);
            inside--;
          },
        );
      await Promise.all([work(), work(), work()]);
      assert.ok(!existsSync(lock));
    }));

  it("a lock whose process is gone is taken over, and one is given back after a failure", () =>
    inFolder(async (folder) => {
      const { withLock } = await import("../../scripts/setup/lock.mjs");
      const lock = join(folder, "lock");
      await mkdir(lock);
      // Larger than any process id of Linux, macOS or Windows in use.
      await writeFile(join(lock, "pid"), "2147483646");
      await assert.rejects(
        withLock(
          lock,
          () => {},
          () => Promise.reject(new Error("inside")),
        ),
        /inside/,
      );
      assert.ok(!existsSync(lock));
      await rm(lock, { recursive: true, force: true });
    }));
});

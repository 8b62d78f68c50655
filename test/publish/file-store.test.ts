import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { openStore } from "../../providers/src/publish/open-store";
import type { DocumentStore } from "../../providers/src/publish/store";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { documentOf, failsWith, removeTemporaryFolders, temporaryFolder } from "../seal/samples";

const AWAY = { environment: "production", env: {} } as const;

function storeAt(path: string): DocumentStore {
  return openStore(pathToFileURL(path).href, AWAY);
}

function newPath(): string {
  return join(temporaryFolder(), "bots", "mm", "document.json");
}

const FIRST = documentOf([], { holder: "first" });
const SECOND = documentOf([], { holder: "second" });

describe("publishing to a file", () => {
  afterEach(removeTemporaryFolders);

  it("reads nothing where nothing is, even without a folder", async () => {
    assert.equal(await storeAt(newPath()).read(), undefined);
  });

  it("reads back what it wrote, under the revision that the write gave", async () => {
    const path = newPath();
    const store = storeAt(path);
    const written = await store.write(FIRST, undefined);
    assert.deepEqual(written.document, FIRST);
    assert.deepEqual(await store.read(), written);
    assert.equal(readFileSync(path, "utf8"), writeDocument(FIRST));
    assert.equal(store.url, pathToFileURL(path).href);
  });

  it("lets everybody read the file and only its owner write it, in folders that everybody can enter", async () => {
    const path = newPath();
    const umask = process.umask(0o022);
    try {
      const { revision } = await storeAt(path).write(FIRST, undefined);
      await storeAt(path).write(SECOND, revision);
    } finally {
      process.umask(umask);
    }
    assert.equal(statSync(path).mode & 0o777, 0o644);
    for (const folder of [dirname(path), dirname(dirname(path))]) assert.equal(statSync(folder).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(dirname(path)), ["document.json"], "no temporary file is left");
  });

  it("has one revision for one text, and another for another", async () => {
    const [one, same, other] = [
      await storeAt(newPath()).write(FIRST, undefined),
      await storeAt(newPath()).write(FIRST, undefined),
      await storeAt(newPath()).write(SECOND, undefined),
    ];
    assert.equal(one.revision, same.revision);
    assert.notEqual(one.revision, other.revision);
  });

  it("writes only over what the caller expects", async () => {
    const path = newPath();
    const store = storeAt(path);
    await assert.rejects(store.write(FIRST, "0".repeat(64)), failsWith("Conflict", { text: /is gone/ }));
    assert.ok(!existsSync(path));
    const first = await store.write(FIRST, undefined);
    await assert.rejects(store.write(SECOND, undefined), failsWith("Conflict", { text: /exists already/ }));
    const second = await store.write(SECOND, first.revision);
    await assert.rejects(store.write(FIRST, first.revision), failsWith("Conflict", { text: /changed by somebody else/ }));
    assert.deepEqual(await store.read(), second);
  });

  it("notices a change that no store made", async () => {
    const path = newPath();
    const { revision } = await storeAt(path).write(FIRST, undefined);
    writeFileSync(path, readFileSync(path, "utf8").replace("first", "First"));
    await assert.rejects(storeAt(path).write(SECOND, revision), failsWith("Conflict"));
    await assert.rejects(storeAt(path).remove(revision), failsWith("Conflict"));
    assert.match(readFileSync(path, "utf8"), /First/);
  });

  it("lets exactly one of many writers through that expect the same", async () => {
    const path = newPath();
    const writes = Array.from({ length: 16 }, (_, index) =>
      storeAt(path).write(documentOf([], { holder: `h${index}` }), undefined),
    );
    const outcomes = await Promise.allSettled(writes);
    const winners = outcomes.filter((outcome) => outcome.status === "fulfilled");
    const losers = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(winners.length, 1);
    for (const { reason } of losers) failsWith("Conflict")(reason);
    assert.deepEqual(await storeAt(path).read(), winners[0]?.value);
  });

  it("keeps writers of different files in one folder out of each other's way", async () => {
    const folder = join(temporaryFolder(), "new");
    const names = Array.from({ length: 16 }, (_, index) => `h${index}`);
    await Promise.all(names.map((name) => storeAt(join(folder, name)).write(documentOf([], { holder: name }), undefined)));
    for (const name of names) assert.equal((await storeAt(join(folder, name)).read())?.document.holder, name);
    assert.equal(readdirSync(folder).length, names.length);
  });

  it("removes what the caller expects, and does not mind when nothing is there", async () => {
    const path = newPath();
    const { revision } = await storeAt(path).write(FIRST, undefined);
    await assert.rejects(storeAt(path).remove("0".repeat(64)), failsWith("Conflict"));
    assert.ok(existsSync(path));
    await storeAt(path).remove(revision);
    assert.ok(!existsSync(path));
    await storeAt(path).remove(revision);
  });

  it("follows a link to the file behind it", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "link.json");
    const { revision } = await storeAt(join(folder, "real.json")).write(FIRST, undefined);
    symlinkSync(join(folder, "real.json"), path);
    await storeAt(path).write(SECOND, revision);
    assert.equal((await storeAt(join(folder, "real.json")).read())?.document.holder, "second");
  });

  it("refuses a file that is no document, and still lets it be removed by its revision", async () => {
    const path = join(temporaryFolder(), "mm.json");
    writeFileSync(path, "{}");
    await assert.rejects(storeAt(path).read(), failsWith("TamperedDocument"));
    await assert.rejects(storeAt(path).write(FIRST, undefined), failsWith("Conflict"));
    assert.equal(readFileSync(path, "utf8"), "{}");
  });

  // Modes say nothing to root, so every obstacle here is one that stops root too.
  const obstacles: Record<string, { code: string; make: (folder: string) => string }> = {
    "a folder in its place": {
      code: "EISDIR",
      make: (folder) => {
        mkdirSync(join(folder, "mm.json"));
        return join(folder, "mm.json");
      },
    },
    "a file in place of its folder": {
      code: "ENOTDIR",
      make: (folder) => {
        writeFileSync(join(folder, "file"), "");
        return join(folder, "file", "mm.json");
      },
    },
    "a file in place of a folder above": {
      code: "ENOTDIR",
      make: (folder) => {
        writeFileSync(join(folder, "file"), "");
        return join(folder, "file", "bots", "mm.json");
      },
    },
    "a pipe in its place": {
      code: "ENOTFILE",
      make: (folder) => {
        assert.equal(spawnSync("mkfifo", [join(folder, "mm.json")]).status, 0);
        return join(folder, "mm.json");
      },
    },
    "a name too long": { code: "ENAMETOOLONG", make: (folder) => join(folder, "n".repeat(300)) },
  };
  it("reads nothing of a file too large to be a document, and can replace and remove it all the same", async () => {
    const path = join(temporaryFolder(), "mm.json");
    const store = storeAt(path);
    for (const act of ["replace", "remove"]) {
      writeFileSync(path, Buffer.alloc(70_000, " "));
      await assert.rejects(store.read(), failsWith("TamperedDocument", { text: /larger than 65536 bytes/ }));
      const found = await store.look();
      assert.deepEqual([found?.text, found?.document, found?.problem?.kind], [undefined, undefined, "TamperedDocument"]);
      assert.ok(found);
      if (act === "replace") assert.deepEqual((await store.write(FIRST, found.revision)).document, FIRST);
      else await store.remove(found.revision);
    }
    assert.equal(await store.look(), undefined);
  });

  for (const [what, { code, make }] of Object.entries(obstacles)) {
    it(`says so when there is ${what}`, async () => {
      const path = make(temporaryFolder());
      const expected = failsWith("PublicationFailed", { code, text: /the document \/.*cannot be/ });
      await assert.rejects(storeAt(path).read(), expected);
      await assert.rejects(storeAt(path).write(FIRST, undefined), expected);
      await assert.rejects(storeAt(path).remove("0"), expected);
    });
  }

  it("names what the write, not the reading before it, stumbled over", async function () {
    // The kernel's own file system: nobody creates anything there, and reading finds nothing.
    const path = "/proc/exchange-keys-test/mm.json";
    if (!existsSync("/proc/self")) this.skip();
    assert.equal(await storeAt(path).read(), undefined);
    await assert.rejects(storeAt(path).write(FIRST, undefined), failsWith("PublicationFailed", { text: /cannot be written/ }));
  });

  it("gives up below a link that leads nowhere", async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, "no", "where"), join(folder, "dangling"));
    const store = storeAt(join(folder, "dangling", "bots", "mm.json"));
    await assert.rejects(store.write(FIRST, undefined), failsWith("PublicationFailed", { code: "EEXIST" }));
  });

  it("shows readers whole documents only, while it writes", async () => {
    const path = newPath();
    const store = storeAt(path);
    let { revision } = await store.write(FIRST, undefined);
    let writing = true;
    const reader = (async () => {
      let seen = 0;
      for (; writing; seen += 1) assert.ok((await storeAt(path).read()) !== undefined);
      return seen;
    })();
    for (let serial = 1; serial <= 50; serial += 1) {
      ({ revision } = await store.write(documentOf([], { lastSerial: serial, holder: "h".repeat(serial * 100) }), revision));
    }
    writing = false;
    assert.ok((await reader) > 0);
  });

  it("leaves a whole document behind when it is killed, at least as new as what it had confirmed", async () => {
    const path = newPath();
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "writer.ts"), pathToFileURL(path).href], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let confirmed = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      confirmed = Number(line);
      if (confirmed === 40) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    assert.equal(child.signalCode, "SIGKILL");
    const found = await storeAt(path).read();
    assert.ok(found !== undefined && found.document.lastSerial >= confirmed);
    await storeAt(path).write(FIRST, found.revision);
  });

  it("refuses a URL that it cannot use", () => {
    assert.throws(() => openStore("ssm:///bots//mm", AWAY), failsWith("InvalidInput"));
  });
});

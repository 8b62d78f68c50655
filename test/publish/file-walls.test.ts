import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import files from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Journal } from "../../providers/src/journal/journal";
import { openStore } from "../../providers/src/publish/open-store";
import type { DocumentStore } from "../../providers/src/publish/store";
import { createKeyFile } from "../../providers/src/seal/key-file";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { isRoot } from "../files/users";
import { documentOf, failsWith, removeTemporaryFolders, temporaryFolder } from "../seal/samples";

const FIRST = documentOf([], { holder: "first" });
const SECOND = documentOf([], { holder: "second" });
const ATTACKER = 20_666;
const GROUP = 20_777;

function storeAt(path: string, environment: "production" | "sandbox" = "production"): DocumentStore {
  return openStore(pathToFileURL(path).href, { environment, env: {} });
}

function folder(mode: number): string {
  const path = join(temporaryFolder(), "shared");
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

/** Runs `act` while every call of a function of the file system goes through `around`. */
async function intercepting<N extends "open" | "rename">(
  name: N,
  around: (real: (typeof files)[N]) => (typeof files)[N],
  act: () => Promise<void>,
): Promise<void> {
  const real = files[name];
  files[name] = around(real);
  try {
    await act();
  } finally {
    files[name] = real;
  }
}

interface Draft {
  readonly path: string;
  readonly flags: number;
}

/** Every file that is opened for writing, after `before` had its way with its path. */
async function draftsOf(act: () => Promise<void>, before: (path: string) => void = () => undefined): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  const open = (real: typeof files.open): typeof files.open => {
    return async (path, flags, mode) => {
      const bits = typeof flags === "string" && /^[aw]x?$/.test(flags) ? constants.O_WRONLY : flags;
      if (typeof bits === "number" && (bits & constants.O_WRONLY) !== 0) {
        drafts.push({ path: String(path), flags: bits });
        before(String(path));
      }
      return await real(path, flags, mode);
    };
  };
  await intercepting("open", open, act);
  return drafts;
}

describe("a folder that others write to", () => {
  afterEach(removeTemporaryFolders);

  it("is written to under names that nobody can guess, each new and no link", async () => {
    const store = storeAt(join(folder(0o755), "mm.json"));
    const drafts = await draftsOf(async () => {
      const { revision } = await store.write(FIRST, undefined);
      await store.write(SECOND, revision);
    });
    const { O_EXCL, O_NOFOLLOW } = constants;
    assert.equal(drafts.length, 2);
    assert.notEqual(drafts[0]?.path, drafts[1]?.path);
    for (const { path, flags } of drafts) {
      assert.match(path, /\/\.exchange-keys-[0-9a-f]{32}$/);
      assert.equal(flags & (O_EXCL | O_NOFOLLOW), O_EXCL | O_NOFOLLOW);
    }
  });

  it("cannot lead a write to another file, even by the right name at the right time", async () => {
    const victim = join(temporaryFolder(), "shadow");
    writeFileSync(victim, "root's", { mode: 0o600 });
    const here = folder(0o777);
    const plant = (path: string): void => symlinkSync(victim, path);
    const publish = async (): Promise<void> => {
      const written = storeAt(join(here, "mm.json"), "sandbox").write(FIRST, undefined);
      await assert.rejects(written, failsWith("PublicationFailed", { code: "EEXIST" }));
    };
    assert.equal((await draftsOf(publish, plant)).length, 1);
    const key = async (): Promise<void> => {
      await assert.rejects(createKeyFile(join(here, "key")), failsWith("SealFailed", { code: "EEXIST" }));
    };
    assert.equal((await draftsOf(key, plant)).length, 1);
    const journal = new Journal(
      join(here, "journal"),
      { run: "r", actor: "ann", environment: "sandbox" },
      { now: () => new Date() },
    );
    const act = async (): Promise<void> => {
      const written = journal.append({ kind: "intent", act: "issue", exchange: "here", account: "main" });
      await assert.rejects(written, failsWith("JournalFailed", { text: /EEXIST/ }));
    };
    assert.equal((await draftsOf(act, plant)).length, 1);
    assert.equal(readFileSync(victim, "utf8"), "root's");
    assert.equal(statSync(victim).mode & 0o777, 0o600);
    assert.ok(!existsSync(join(here, "mm.json")) && !existsSync(join(here, "key")));
  });

  it("leaves nothing behind where a write fails", async () => {
    const here = folder(0o755);
    const full = (): typeof files.rename => async () => {
      throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    };
    await intercepting("rename", full, async () => {
      const written = storeAt(join(here, "mm.json")).write(FIRST, undefined);
      await assert.rejects(written, failsWith("PublicationFailed", { code: "ENOSPC" }));
    });
    assert.deepEqual(readdirSync(here), []);
  });

  it("does not get the deployer's document given away, whoever owned the one before", async function () {
    if (!isRoot()) this.skip();
    const path = join(folder(0o755), "mm.json");
    writeFileSync(path, writeDocument(FIRST), { mode: 0o600 });
    chownSync(path, ATTACKER, ATTACKER);
    const store = storeAt(path);
    const umask = process.umask(0o077);
    try {
      await store.write(SECOND, (await store.read())?.revision);
    } finally {
      process.umask(umask);
    }
    const { uid, gid, mode } = lstatSync(path);
    assert.deepEqual({ uid, gid, mode: mode & 0o777 }, { uid: 0, gid: process.getegid?.(), mode: 0o644 });
  });

  for (const mode of [0o777, 0o757, 0o1777, 0o702]) {
    const octal = mode.toString(8);
    it(`is refused in production with mode ${octal}, by name and with the remedy, and nothing is made there`, async () => {
      const here = folder(mode);
      const text = new RegExp(`everybody may write the folder ${here} \\(mode ${octal}\\).*chmod o-w ${here}`);
      const refused = failsWith("PublicationFailed", { code: "SharedFolder", text });
      await assert.rejects(storeAt(join(here, "mm.json")).write(FIRST, undefined), refused);
      if ((mode & 0o1000) === 0) await assert.rejects(storeAt(join(here, "new", "mm.json")).write(FIRST, undefined), refused);
      assert.deepEqual(readdirSync(here), []);
      await storeAt(join(here, "mm.json"), "sandbox").write(FIRST, undefined);
    });
  }

  it("is refused in production when a group writes to it that is not the deployer's own", async function () {
    if (!isRoot()) this.skip();
    const here = folder(0o775);
    const store = storeAt(join(here, "mm.json"));
    chownSync(here, 0, GROUP);
    const text = new RegExp(`group ${GROUP} may write the folder ${here} \\(mode 775\\).*chmod g-w ${here}`);
    await assert.rejects(store.write(FIRST, undefined), failsWith("PublicationFailed", { code: "SharedFolder", text }));
    // A bot's folder, which the deployer writes by its own group.
    chownSync(here, ATTACKER, process.getegid?.() ?? 0);
    await store.write(FIRST, undefined);
  });
});

describe("a path with links", () => {
  afterEach(removeTemporaryFolders);

  it("goes on working where the links are the deployer's own, and stays a link", async () => {
    const [real, here] = [folder(0o755), folder(0o755)];
    symlinkSync(real, join(here, "folder"));
    symlinkSync(join("folder", "mm.json"), join(here, "link.json"));
    const path = join(here, "link.json");
    writeFileSync(join(real, "mm.json"), writeDocument(FIRST));
    const store = storeAt(path);
    const { revision } = await store.write(SECOND, (await store.read())?.revision);
    assert.ok(lstatSync(path).isSymbolicLink() && !lstatSync(join(real, "mm.json")).isSymbolicLink());
    assert.equal(readFileSync(join(real, "mm.json"), "utf8"), writeDocument(SECOND));
    await storeAt(join(here, "folder", "mm.json")).write(FIRST, revision);
    assert.deepEqual(readdirSync(real), ["mm.json"]);
  });

  for (const environment of ["production", "sandbox"] as const) {
    it(`is refused in ${environment} by the link's name, where another user put the link`, async function () {
      if (!isRoot()) this.skip();
      const [real, here] = [folder(0o755), folder(0o755)];
      const path = join(here, "mm.json");
      symlinkSync(join(real, "passwd"), path);
      lchownSync(path, ATTACKER, ATTACKER);
      const refused = failsWith("PublicationFailed", { code: "ForeignLink", text: /the link \S+mm\.json belongs to user 20666/ });
      await assert.rejects(storeAt(path, environment).write(FIRST, undefined), refused);
      lchownSync(path, 0, 0);
      chownSync(dirname(path), ATTACKER, ATTACKER);
      const theirs = failsWith("PublicationFailed", { code: "ForeignLink", text: /the folder \S+shared belongs to user 20666/ });
      await assert.rejects(storeAt(path, environment).write(FIRST, undefined), theirs);
      assert.deepEqual(readdirSync(real), []);
    });
  }
});

describe("what is read back", () => {
  afterEach(removeTemporaryFolders);

  it("is a conflict where another wrote between the write and the reading", async () => {
    const path = join(folder(0o755), "mm.json");
    const foreign = writeDocument(SECOND);
    const thenForeign = (real: typeof files.rename): typeof files.rename => {
      return async (from, to) => {
        await real(from, to);
        await files.writeFile(path, foreign);
      };
    };
    await intercepting("rename", thenForeign, async () => {
      const written = storeAt(path).write(FIRST, undefined);
      await assert.rejects(written, failsWith("Conflict", { text: /does not hold what was just written/ }));
    });
    assert.equal(readFileSync(path, "utf8"), foreign, "the other's is left");
  });
});

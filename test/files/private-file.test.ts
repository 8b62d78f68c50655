import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { resolveReference } from "../../providers/src/credentials/reference";
import { type PrivateFile, readPrivateFile } from "../../providers/src/files/private-file";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { CONTEXT, failsWith, removeTemporaryFolders, temporaryFolder } from "../seal/samples";
import { asUser, isRoot, type User } from "./users";

const SECRET = "s3cret-not-real";
const POD: User = { uid: 20_001, gid: 20_001, groups: [20_002] };
const ATTACKER = 20_666;

function read(path: string): Promise<PrivateFile | undefined> {
  return readPrivateFile(path, 64);
}

async function refusal(path: string): Promise<string> {
  const found = await read(path);
  assert.ok(found !== undefined && "problem" in found, "it was read");
  return `${found.problem.message}. ${found.problem.hint}`;
}

async function content(path: string): Promise<string | undefined> {
  const found = await read(path);
  assert.ok(found === undefined || "bytes" in found, "problem" in (found ?? {}) ? JSON.stringify(found) : "");
  return found?.bytes.toString();
}

function file(path: string, mode = 0o600): string {
  writeFileSync(path, SECRET);
  chmodSync(path, mode);
  return path;
}

function folder(path: string, mode = 0o700): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  return path;
}

/** As the kubelet writes a Secret volume: a sticky mount, a folder of one generation, and links to it. */
function secretVolume(mode: number, group?: number): string {
  const mount = folder(join(temporaryFolder(), "parents"), group === undefined ? 0o1777 : 0o3777);
  chmodSync(join(mount, ".."), 0o755);
  const generation = folder(join(mount, "..2026_11_30_10_00_00.123456789"), 0o755);
  const real = file(join(generation, "secret"), mode);
  symlinkSync("..2026_11_30_10_00_00.123456789", join(mount, "..data"));
  symlinkSync(join("..data", "secret"), join(mount, "secret"));
  for (const path of [mount, generation, real]) if (group !== undefined) chownSync(path, 0, group);
  if (group !== undefined) chmodSync(mount, 0o3777);
  return mount;
}

describe("a private file", () => {
  afterEach(removeTemporaryFolders);

  it("is read from a Kubernetes Secret volume, also after its generation was exchanged", async () => {
    const mount = secretVolume(0o400);
    assert.equal(await content(join(mount, "secret")), SECRET);
    assert.equal(
      (await resolveReference(`file:${join(mount, "secret")}`, { environment: "production", env: {} })).reveal(),
      SECRET,
    );
    const next = folder(join(mount, "..2026_11_30_11_00_00.1"), 0o755);
    writeFileSync(join(next, "secret"), "rotated", { mode: 0o400 });
    symlinkSync("..2026_11_30_11_00_00.1", join(mount, "..data_tmp"));
    renameSync(join(mount, "..data_tmp"), join(mount, "..data"));
    assert.equal(await content(join(mount, "secret")), "rotated");
  });

  it("is read from one that fsGroup opens to a pod of another user, and to no other", async function () {
    if (!isRoot()) this.skip();
    const mount = secretVolume(0o440, 20_002);
    assert.equal(await asUser(POD, () => content(join(mount, "secret"))), SECRET);
    chmodSync(join(mount, "..data", "secret"), 0o444);
    assert.match(await asUser(POD, () => refusal(join(mount, "secret"))), /open to other users \(mode 444\)/);
  });

  it("is not there, where nothing is", async () => {
    assert.equal(await content(join(temporaryFolder(), "nothing")), undefined);
    assert.equal(await content(join(temporaryFolder(), "no", "folder", "at", "all")), undefined);
  });

  for (const mode of [0o777, 0o722, 0o702]) {
    it(`is refused below a folder of mode ${mode.toString(8)}, with the folder and the remedy`, async () => {
      const open = folder(join(temporaryFolder(), "open"));
      const path = file(join(folder(join(open, "closed")), "secret"));
      chmodSync(open, mode);
      assert.match(
        await refusal(path),
        new RegExp(`everybody may write the folder ${open} \\(mode ${mode.toString(8)}\\)\\. chmod go-w`),
      );
      chmodSync(open, mode | 0o1000);
      assert.equal(await content(path), SECRET, "sticky");
    });
  }

  it("is refused behind a link through such a folder, wherever the link lies", async () => {
    const [here, there] = [temporaryFolder(), folder(join(temporaryFolder(), "open"))];
    file(join(there, "secret"));
    chmodSync(there, 0o777);
    symlinkSync(there, join(here, "link"));
    assert.match(await refusal(join(here, "link", "secret")), /everybody may write the folder \S+open/);
    symlinkSync(join("link", "secret"), join(here, "again"));
    assert.match(await refusal(join(here, "again")), /everybody may write/);
    symlinkSync(join(there, "..", "open", "secret"), join(here, "dots"));
    assert.match(await refusal(join(here, "dots")), /everybody may write/);
  });

  it("is refused when an attacker owns it, its folder, or a link to it, also for root", async function () {
    if (!isRoot()) this.skip();
    const top = folder(join(temporaryFolder(), "top"), 0o1777);
    const path = file(join(folder(join(top, "theirs")), "secret"));
    chownSync(path, ATTACKER, ATTACKER);
    assert.match(await refusal(path), /belongs to user 20666/);
    chownSync(path, 0, 0);
    chownSync(join(top, "theirs"), ATTACKER, ATTACKER);
    assert.match(await refusal(path), /the folder \S+theirs belongs to user 20666/);
    const own = file(join(folder(join(top, "own")), "secret"));
    symlinkSync(own, join(top, "link"));
    assert.equal(await content(join(top, "link")), SECRET);
    lchownSync(join(top, "link"), ATTACKER, ATTACKER);
    assert.match(await refusal(join(top, "link")), /the link \S+link belongs to user 20666/);
  });

  it("neither hangs nor is read whole where it is no file, or a huge one", async () => {
    const here = temporaryFolder();
    assert.equal(spawnSync("mkfifo", ["-m", "600", join(here, "pipe")]).status, 0);
    symlinkSync("/dev/zero", join(here, "zero"));
    symlinkSync("pipe", join(here, "to-pipe"));
    for (const name of ["pipe", "to-pipe", "zero", "."]) assert.match(await refusal(join(here, name)), /not a regular file/);
    const huge = openSync(join(here, "huge"), "w", 0o600);
    ftruncateSync(huge, 2 ** 40);
    closeSync(huge);
    assert.match(await refusal(join(here, "huge")), /more than 64 bytes/);
    await assert.rejects(
      openSealer(`local://${join(here, "huge")}`, { environment: "sandbox", env: {} }).seal(Buffer.from("x"), CONTEXT),
      failsWith("SealFailed", { text: /32 bytes/ }),
    );
    const credential = resolveReference(`file:${join(here, "huge")}`, { environment: "sandbox", env: {} });
    await assert.rejects(credential, failsWith("CredentialsUnavailable", { text: /more than 16384 bytes/ }));
    writeFileSync(join(here, "exact"), "x".repeat(64), { mode: 0o600 });
    assert.equal((await content(join(here, "exact")))?.length, 64);
  });

  it("ends in an error where links go round", async () => {
    const here = temporaryFolder();
    symlinkSync("two", join(here, "one"));
    symlinkSync("one", join(here, "two"));
    const found = await read(join(here, "one", "secret"));
    assert.equal(found !== undefined && "problem" in found && found.problem.code, "ELOOP");
  });
});

describe("the key file of an attacker", () => {
  afterEach(removeTemporaryFolders);

  it("is opened by no bot that runs as root, and seals nothing", async function () {
    if (!isRoot()) this.skip();
    const theirs = folder(join(temporaryFolder(), "theirs"));
    const sealer = openSealer(`local://${join(theirs, "key")}`, { environment: "sandbox", env: {} });
    const sealed = await sealer.seal(Buffer.from("x"), CONTEXT);
    chownSync(join(theirs, "key"), ATTACKER, ATTACKER);
    await assert.rejects(sealer.open(sealed, CONTEXT), failsWith("OpenFailed", { text: /belongs to user 20666/ }));
    chownSync(join(theirs, "key"), 0, 0);
    chownSync(theirs, ATTACKER, ATTACKER);
    await assert.rejects(sealer.open(sealed, CONTEXT), failsWith("OpenFailed", { text: /theirs belongs to user 20666/ }));
    await assert.rejects(sealer.seal(Buffer.from("x"), CONTEXT), failsWith("SealFailed", { text: /cannot be trusted/ }));
  });

  it("is not made in a folder that others may write", async () => {
    const open = folder(join(temporaryFolder(), "open"), 0o777);
    const sealer = openSealer(`local://${join(open, "below", "key")}`, { environment: "sandbox", env: {} });
    await assert.rejects(sealer.seal(Buffer.from("x"), CONTEXT), failsWith("SealFailed", { text: /everybody may write/ }));
    assert.deepEqual(readdirSync(open), []);
  });
});

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openSealer } from "../../providers/src/seal/open-sealer";
import type { Sealer } from "../../providers/src/seal/sealer";
import { anyContext, CONTEXT, CONTEXT_NAMES, failsWith, removeTemporaryFolders, temporaryFolder } from "./samples";

function localSealer(path: string): Sealer {
  return openSealer(`local://${path}`, { environment: "production", env: {} });
}

function newKeyPath(): string {
  return join(temporaryFolder(), "keys", "key");
}

describe("the local sealer", () => {
  afterEach(removeTemporaryFolders);

  it("opens what it sealed, whatever the bytes and the context", async () => {
    const sealer = localSealer(newKeyPath());
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4095 }), anyContext, async (plaintext, context) => {
        const opened = await sealer.open(await sealer.seal(plaintext, context), context);
        assert.deepEqual(Buffer.from(opened), Buffer.from(plaintext));
      }),
      { numRuns: 50 },
    );
  });

  it("seals the same twice into different ciphertexts, neither of which holds the plaintext", async () => {
    const sealer = localSealer(newKeyPath());
    const plaintext = Buffer.from("a plaintext to look for");
    const sealed = [await sealer.seal(plaintext, CONTEXT), await sealer.seal(plaintext, CONTEXT)];
    assert.notEqual(sealed[0], sealed[1]);
    for (const text of sealed) assert.ok(!Buffer.from(text, "base64").includes(plaintext));
  });

  for (const name of CONTEXT_NAMES) {
    it(`does not open under another ${name}`, async () => {
      const sealer = localSealer(newKeyPath());
      const sealed = await sealer.seal(Buffer.from("secret"), CONTEXT);
      const other = { ...CONTEXT, [name]: `${CONTEXT[name]}0` };
      await assert.rejects(sealer.open(sealed, other), failsWith("WrongContext", { code: "AuthenticationFailed" }));
    });
  }

  it("does not confuse values that move from one name to the next", async () => {
    const sealer = localSealer(newKeyPath());
    const sealed = await sealer.seal(Buffer.from("secret"), { ...CONTEXT, account: "ab", bot: "c" });
    await assert.rejects(sealer.open(sealed, { ...CONTEXT, account: "a", bot: "bc" }), failsWith("WrongContext"));
  });

  it("does not open with any bit flipped, nor cut short", async () => {
    const sealer = localSealer(newKeyPath());
    const sealed = Buffer.from(await sealer.seal(Buffer.from("secret"), CONTEXT), "base64");
    // Layout and key id are looked at first, and no length is right without nonce and tag.
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const kind = bit >> 3 < 1 + 8 ? "OpenFailed" : "WrongContext";
      await assert.rejects(sealer.open(flipped.toString("base64"), CONTEXT), failsWith(kind));
    }
    for (let length = 0; length < sealed.length; length += 1) {
      const kind = length < 1 + 8 + 12 + 16 ? "OpenFailed" : "WrongContext";
      await assert.rejects(sealer.open(sealed.subarray(0, length).toString("base64"), CONTEXT), failsWith(kind));
    }
  });

  for (const text of ["", "not base64!", " ", "AAAA"]) {
    it(`refuses ${JSON.stringify(text)} as a ciphertext`, async () => {
      const sealer = localSealer(newKeyPath());
      await sealer.seal(Buffer.from("x"), CONTEXT);
      await assert.rejects(sealer.open(text, CONTEXT), failsWith("OpenFailed", { code: "Malformed" }));
    });
  }

  for (const [what, change] of [
    ["a leading space", (text: string) => ` ${text}`],
    ["a line break at its end", (text: string) => `${text}\n`],
    ["a line break inside", (text: string) => `${text.slice(0, 8)}\n${text.slice(8)}`],
    ["the alphabet of URLs", (text: string) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
    ["more after its end", (text: string) => `${text}=AAAA`],
  ] as const) {
    it(`refuses a ciphertext in another spelling of base64: ${what}`, async () => {
      const sealer = localSealer(newKeyPath());
      const sealed = await sealer.seal(Buffer.alloc(64), CONTEXT);
      assert.notEqual(change(sealed), sealed);
      await assert.rejects(sealer.open(change(sealed), CONTEXT), failsWith("OpenFailed", { code: "Malformed" }));
    });
  }

  it("says so when another key file sealed it, or a newer layout", async () => {
    const sealed = await localSealer(newKeyPath()).seal(Buffer.from("x"), CONTEXT);
    const other = localSealer(newKeyPath());
    await other.seal(Buffer.from("x"), CONTEXT);
    await assert.rejects(other.open(sealed, CONTEXT), failsWith("OpenFailed", { code: "OtherKey" }));
    const newer = Buffer.from(sealed, "base64");
    newer[0] = 2;
    await assert.rejects(other.open(newer.toString("base64"), CONTEXT), failsWith("OpenFailed", { code: "UnknownLayout" }));
  });

  it("opens what layout 1 sealed", async () => {
    const path = join(temporaryFolder(), "key");
    writeFileSync(path, `${Buffer.alloc(32, 7).toString("base64")}\n`, { mode: 0o600 });
    const fixture: { sealed: string; plaintext: string } = JSON.parse(
      readFileSync(join(__dirname, "fixtures", "local-layout-1.json"), "utf8"),
    );
    const opened = await localSealer(path).open(fixture.sealed, CONTEXT);
    assert.equal(Buffer.from(opened).toString(), fixture.plaintext);
  });
});

describe("the key file", () => {
  afterEach(removeTemporaryFolders);

  it("is created by the first seal, 32 bytes in base64, for its owner only", async () => {
    const path = newKeyPath();
    await localSealer(path).seal(Buffer.from("x"), CONTEXT);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(Buffer.from(readFileSync(path, "utf8"), "base64").length, 32);
    assert.deepEqual(readdirSync(join(path, "..")), ["key"], "no draft is left");
  });

  it("is one and the same for 16 creators at once, in a folder that does not exist yet", async () => {
    const path = newKeyPath();
    const contexts = Array.from({ length: 16 }, (_, index) => ({ ...CONTEXT, serial: String(index) }));
    const sealed = await Promise.all(contexts.map((context) => localSealer(path).seal(Buffer.from("x"), context)));
    for (const [index, context] of contexts.entries()) await localSealer(path).open(sealed[index] ?? "", context);
    assert.deepEqual(readdirSync(join(path, "..")), ["key"], "no draft is left");
  });

  it("is never created by opening", async () => {
    const path = newKeyPath();
    const sealed = await localSealer(newKeyPath()).seal(Buffer.from("x"), CONTEXT);
    await assert.rejects(localSealer(path).open(sealed, CONTEXT), failsWith("OpenFailed", { code: "ENOENT" }));
    assert.ok(!existsSync(path));
  });

  for (const mode of [0o604, 0o640, 0o620, 0o602, 0o610, 0o601]) {
    it(`is refused with mode ${mode.toString(8)}, for sealing and for opening`, async () => {
      const path = newKeyPath();
      const sealed = await localSealer(path).seal(Buffer.from("x"), CONTEXT);
      chmodSync(path, mode);
      const expected = { text: new RegExp(`mode ${mode.toString(8)}.*chmod 600`) };
      await assert.rejects(localSealer(path).seal(Buffer.from("x"), CONTEXT), failsWith("SealFailed", expected));
      await assert.rejects(localSealer(path).open(sealed, CONTEXT), failsWith("OpenFailed", expected));
    });
  }

  for (const bytes of [0, 16, 31, 33, 64]) {
    it(`is refused with ${bytes} bytes, and left as it is`, async () => {
      const path = join(temporaryFolder(), "key");
      const text = Buffer.alloc(bytes, 1).toString("base64");
      writeFileSync(path, text, { mode: 0o600 });
      await assert.rejects(localSealer(path).seal(Buffer.from("x"), CONTEXT), failsWith("SealFailed", { text: /32 bytes/ }));
      assert.equal(readFileSync(path, "utf8"), text);
    });
  }

  it("must be a file that can be reached", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "a-folder"), { mode: 0o700 });
    writeFileSync(join(folder, "a-file"), "");
    symlinkSync(join(folder, "nowhere", "at", "all"), join(folder, "dangling"));
    const seal = (name: string) => localSealer(join(folder, name)).seal(Buffer.from("x"), CONTEXT);
    await assert.rejects(seal("a-folder"), failsWith("SealFailed", { text: /not a regular file/ }));
    await assert.rejects(seal("a-file/key"), failsWith("SealFailed", { code: "ENOTDIR" }));
    await assert.rejects(seal("dangling"), failsWith("SealFailed", { text: /gone right after/ }));
  });
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { ChecksumMismatch, findChecksum } from "../../scripts/setup/checksum";
import { archiveName, downloadRelease } from "../../scripts/setup/release";
import { inFolder } from "./folder";

const name = "pulumi-v3.245.0-linux-x64.tar.gz";
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");
const quiet = () => {};

async function makeArchive(folder: string): Promise<Buffer> {
  await mkdir(join(folder, "pulumi"), { recursive: true });
  await writeFile(join(folder, "pulumi", "pulumi"), "#!/bin/sh\n", { mode: 0o755 });
  execFileSync("tar", ["-czf", join(folder, name), "-C", folder, "pulumi"]);
  return readFile(join(folder, name));
}

/** Serves the files on loopback while the work runs. */
async function serving(files: Record<string, Buffer | string>, work: (origin: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    const found = files[(request.url ?? "").slice(1)];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  try {
    await work(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("the official release", () => {
  const checksums = "pulumi-3.245.0-checksums.txt";

  it("is unpacked when the published checksum agrees, and says that only that was verified", () =>
    inFolder(async (folder) => {
      const archive = await makeArchive(folder);
      await serving({ [name]: archive, [checksums]: `${sha256(archive)}  ${name}\n` }, async (origin) => {
        const into = join(folder, "bin");
        const how = await downloadRelease({ origin, version: "3.245.0", archive: name, pinned: undefined }, into, quiet);
        assert.deepEqual(await readdir(into), ["pulumi"]);
        assert.match(how, /as published beside it/);
        assert.ok(!existsSync(`${into}.download`));
      });
    }));

  it("is refused and leaves nothing when the published checksum differs", () =>
    inFolder(async (folder) => {
      const archive = await makeArchive(folder);
      await serving({ [name]: archive, [checksums]: `${"0".repeat(64)}  ${name}\n` }, async (origin) => {
        const into = join(folder, "bin");
        await assert.rejects(
          downloadRelease({ origin, version: "3.245.0", archive: name, pinned: undefined }, into, quiet),
          ChecksumMismatch,
        );
        assert.deepEqual((await readdir(folder)).sort(), ["pulumi", name]);
      });
    }));

  it("is held to the pinned checksum even when the publisher's own says otherwise", () =>
    inFolder(async (folder) => {
      const archive = await makeArchive(folder);
      await serving({ [name]: archive, [checksums]: `${sha256(archive)}  ${name}\n` }, async (origin) => {
        const pinned = sha256(Buffer.from("the archive that was reviewed"));
        await assert.rejects(
          downloadRelease({ origin, version: "3.245.0", archive: name, pinned }, join(folder, "bin"), quiet),
          ChecksumMismatch,
        );
        const how = await downloadRelease(
          { origin, version: "3.245.0", archive: name, pinned: sha256(archive) },
          join(folder, "bin"),
          quiet,
        );
        assert.match(how, /as pinned in this repository/);
      });
    }));

  it("is refused when the checksum file does not name it or is not there", () =>
    inFolder(async (folder) => {
      const release = { version: "3.245.0", archive: name, pinned: undefined };
      await serving({ [checksums]: `${"0".repeat(64)}  another.tar.gz\n` }, async (origin) => {
        await assert.rejects(downloadRelease({ ...release, origin }, join(folder, "bin"), quiet), /does not name/);
      });
      await serving({}, async (origin) => {
        await assert.rejects(downloadRelease({ ...release, origin }, join(folder, "bin"), quiet), /status 404/);
      });
    }));

  it("has a name per platform", () => {
    assert.equal(archiveName("3.245.0", "linux", "x64"), name);
    assert.equal(archiveName("3.245.0", "darwin", "arm64"), "pulumi-v3.245.0-darwin-arm64.tar.gz");
    assert.equal(archiveName("3.245.0", "win32", "x64"), "pulumi-v3.245.0-windows-x64.zip");
    assert.throws(() => archiveName("3.245.0", "aix", "ppc64"), /no release for aix ppc64/);
    assert.throws(() => archiveName("3.245.0", "linux", "ia32"), /no release for linux ia32/);
  });

  it("finds its line in a checksum listing, and not a line that only looks like it", () => {
    const sum = "a".repeat(64);
    assert.equal(findChecksum(`${"b".repeat(64)}  x${name}\n${sum}  ${name}\r\n`, name), sum);
    assert.equal(findChecksum(`${sum} *${name}`, name), sum);
    assert.equal(findChecksum(`${sum.slice(1)}  ${name}`, name), undefined);
    assert.equal(findChecksum("<html>blocked</html>", name), undefined);
  });
});

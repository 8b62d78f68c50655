import { createWriteStream } from "node:fs";
import { cp, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { findChecksum, verifyChecksum } from "./checksum";
import type { Report } from "./report";

const silenceMs = 20_000;
const progressEveryMs = 4_000;

/** Where Pulumi publishes its releases. */
export const releaseOrigin = "https://get.pulumi.com/releases/sdk";

export interface Release {
  readonly origin: string;
  readonly version: string;
  readonly archive: string;
  /** The SHA-256 committed in this repository, when somebody has pinned it. */
  readonly pinned: string | undefined;
}

/** The name of the release archive of a platform. @throws when Pulumi releases nothing for it. */
export function archiveName(version: string, platform: string, arch: string): string {
  const os = { linux: "linux", darwin: "darwin", win32: "windows" }[platform];
  if (os === undefined || !["x64", "arm64"].includes(arch)) throw new Error(`Pulumi has no release for ${platform} ${arch}`);
  return `pulumi-v${version}-${os}-${arch}.${os === "windows" ? "zip" : "tar.gz"}`;
}

/**
 * Downloads and unpacks a release; `into` then holds its programs. Twenty seconds of silence end it.
 * Without a pinned checksum only the checksum file published beside the archive is verified: that finds a damaged
 * download, not a publisher who was broken into.
 */
export async function downloadRelease(release: Release, into: string, report: Report): Promise<string> {
  const expected = release.pinned ?? (await publishedChecksum(release));
  const work = `${into}.download`;
  const archive = join(work, release.archive);
  await mkdir(work, { recursive: true });
  try {
    await save(`${release.origin}/${release.archive}`, archive, report);
    await verifyChecksum(archive, expected);
    await unpack({ archive, work, into }, report);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return release.pinned === undefined
    ? "official release, checksum as published beside it: trusted on first use"
    : "official release, checksum as pinned in this repository";
}

async function publishedChecksum(release: Release): Promise<string> {
  const response = await request(`${release.origin}/pulumi-${release.version}-checksums.txt`, AbortSignal.timeout(silenceMs));
  const found = findChecksum(await response.text(), release.archive);
  if (found === undefined) throw new Error(`the published checksum file does not name ${release.archive}`);
  return found;
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`the release site answered with status ${response.status}`);
  return response;
}

async function save(url: string, path: string, report: Report): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error("20 s without an answer")), silenceMs);
  let received = 0;
  const tell = setInterval(() => report(`downloading pulumi: ${(received / 1e6).toFixed(0)} MB`), progressEveryMs);
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      timer.refresh();
      done(null, chunk);
    },
  });
  try {
    const { body } = await request(url, silence.signal);
    if (body === null) throw new Error("the release site answered with nothing");
    await pipeline(Readable.fromWeb(body), watch, createWriteStream(path), { signal: silence.signal });
  } finally {
    clearTimeout(timer);
    clearInterval(tell);
  }
}

async function unpack(at: { archive: string; work: string; into: string }, report: Report): Promise<void> {
  const { runShown } = await import("./command.mjs");
  // The tar of Windows 10 and later reads zip files too.
  await runShown({ title: "unpacking pulumi", file: "tar", args: ["-xf", at.archive, "-C", at.work], report });
  const unpacked = join(at.work, "pulumi");
  const nested = join(unpacked, "bin");
  const hasNested = await stat(nested).then(
    (found) => found.isDirectory(),
    () => false,
  );
  await cp(hasNested ? nested : unpacked, at.into, { recursive: true });
}

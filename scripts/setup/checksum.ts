import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** The archive is not what its checksum says. It must not be unpacked. */
export class ChecksumMismatch extends Error {
  override readonly name = "ChecksumMismatch";
}

/** The SHA-256 of one file in a `sha256sum` listing; `undefined` when the listing does not name it. */
export function findChecksum(listing: string, file: string): string | undefined {
  const entries = listing.split(/\r?\n/).map((line) => /^([0-9a-f]{64})\s+\*?(\S+)$/i.exec(line.trim()));
  return entries.find((entry) => entry?.[2] === file)?.[1]?.toLowerCase();
}

/** @throws ChecksumMismatch when the file's SHA-256 is another one. */
export async function verifyChecksum(path: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const found = hash.digest("hex");
  if (found !== expected)
    throw new ChecksumMismatch(`checksum mismatch: SHA-256 is ${found}, expected ${expected}; the archive is refused`);
}

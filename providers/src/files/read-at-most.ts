import type { FileHandle } from "node:fs/promises";

/** What is in a file, from where it stands. `undefined` when that is more than `limit` bytes. Never reads more than one byte beyond it. */
export async function readAtMost(file: FileHandle, limit: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(limit + 1);
  let length = 0;
  while (length <= limit) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  buffer.fill(0);
  return undefined;
}

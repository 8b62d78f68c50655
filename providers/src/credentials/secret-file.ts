import { constants, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { unavailable } from "./unavailable";

/** The text of a file that is closed to other users, without its last line break. @throws KeyError `CredentialsUnavailable` */
export async function readSecretFile(path: string): Promise<string> {
  // Not blocking: opening a pipe would otherwise wait for its writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: NodeJS.ErrnoException) => {
    throw unavailable(`file:${path}`, `cannot be opened (${error.code ?? "unknown reason"})`);
  });
  try {
    const problem = fileProblem(await file.stat());
    if (problem !== undefined) throw unavailable(`file:${path}`, problem);
    return (await file.readFile("utf8")).replace(/\r?\n$/, "");
  } finally {
    await file.close();
  }
}

function fileProblem(stats: Stats): string | undefined {
  if (!stats.isFile()) return "is not a regular file";
  const open = process.platform !== "win32" && (stats.mode & 0o077) !== 0;
  return open ? "is open to other users: chmod 600 it" : undefined;
}

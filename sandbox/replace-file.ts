import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Puts a file of the owner's only in the place of another: whole or not at all, by a name that nobody can guess, and over no link. */
export function replaceFile(path: string, text: string): void {
  const draft = join(dirname(path), `.draft-${randomBytes(16).toString("hex")}`);
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

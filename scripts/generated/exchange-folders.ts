import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where the provider keeps one folder for each exchange, relative to the checkout. */
export const exchangesFolder = "providers/src/exchanges";

/** Without these a folder is not an exchange yet. */
const NEEDED = ["descriptor.ts", "adapter.ts"] as const;

/** The exchanges there are, by their folders, in the order of their names. Nobody keeps a list. */
export function exchangeFolders(root: string): readonly string[] {
  const folder = join(root, exchangesFolder);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && NEEDED.every((file) => existsSync(join(folder, entry.name, file))))
    .map((entry) => entry.name)
    .sort();
}

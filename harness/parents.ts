import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The sandbox's parent credentials as environment variables, such as `SANDBOX_BYBIT_API_KEY`: what the sandbox stack's references name.
 * @param folder the sandbox's folder, with `parents/<exchange>.<field>` in it
 */
export async function parentVariables(folder: string): Promise<Readonly<Record<string, string>>> {
  const parents = join(folder, "parents");
  const names = await readdir(parents);
  const entries = names.map(async (name): Promise<readonly [string, string]> => {
    const value = (await readFile(join(parents, name), "utf8")).trim();
    return [`SANDBOX_${variableName(name)}`, value];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** `bybit.apiKey` → `BYBIT_API_KEY`. */
function variableName(file: string): string {
  return file
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/\W/g, "_")
    .toUpperCase();
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { marked } from "../sandbox/run-folder";

/**
 * The sandbox's parent credentials as environment variables, such as `SANDBOX_BYBIT_API_KEY`: what the sandbox stack's references name.
 * @param folder the sandbox's folder, with `parents/<exchange>.<field>` in it
 */
export async function parentVariables(folder: string): Promise<Readonly<Record<string, string>>> {
  const parents = join(folder, "parents");
  const names = await readdir(parents);
  const entries = names.map(async (name): Promise<readonly [string, string]> => {
    const value = (await readFile(join(parents, name), "utf8")).trim();
    return [variableName(name), value];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The same of a parent credential that the control port made: it gives the bare one. */
export function variablesOf(exchange: string, credential: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(credential).map(([field, value]) => [variableName(`${exchange}.${field}`), marked(value)]),
  );
}

/** `bybit.apiKey` → `SANDBOX_BYBIT_API_KEY`. */
function variableName(file: string): string {
  const name = file.replace(/([a-z])([A-Z])/g, "$1_$2").replace(/\W/g, "_");
  return `SANDBOX_${name.toUpperCase()}`;
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../../scripts/setup/paths";

const run = promisify(execFile);

/** What a plain Node process, without a TypeScript loader, prints. @throws Error when it fails */
export async function nodePrints<T>(...args: readonly string[]): Promise<T> {
  const { stdout } = await run(process.execPath, [...args], { cwd: root });
  return JSON.parse(stdout) as T;
}

/** Files that `require(request)` loads, from the checkout's top folder. */
export async function filesLoadedBy(request: string): Promise<readonly string[]> {
  const code = `require(${JSON.stringify(request)}); process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  return await nodePrints<string[]>("--eval", code);
}

/** What a module exports: name → type of the value. */
export async function exportsOf(request: string): Promise<Readonly<Record<string, string>>> {
  const types = "Object.fromEntries(Object.entries(found).map(([name, value]) => [name, typeof value]))";
  const code = `const found = require(${JSON.stringify(request)}); process.stdout.write(JSON.stringify(${types}))`;
  return await nodePrints<Record<string, string>>("--eval", code);
}

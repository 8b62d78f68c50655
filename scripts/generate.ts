import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Generator, generatedFolders, listGenerators } from "./generators";
import { root } from "./setup/paths";

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Files in a generated folder that nothing generates any more. */
async function leftOvers(generators: readonly Generator[]): Promise<readonly string[]> {
  const wanted = new Set(generators.map(({ path }) => path));
  const inFolder = async (folder: string) => {
    const names = (await unlessMissing(readdir(join(root, folder)))) ?? [];
    return names.map((name) => `${folder}/${name}`);
  };
  const present = await Promise.all(generatedFolders.map(inFolder));
  return present.flat().filter((path) => !wanted.has(path));
}

/** Writes every generated file and takes away those left over; with `--check` only names what is not as it should be. */
async function main(args: readonly string[]): Promise<number> {
  const check = args.includes("--check");
  const generators = await listGenerators(root);
  let stale = 0;
  const report = (path: string, done: string) => {
    stale++;
    console.log(`${path}: ${check ? "out of date, run npm run generate" : done}`);
  };
  for (const generator of generators) {
    const path = join(root, generator.path);
    const text = await generator.render();
    if ((await unlessMissing(readFile(path, "utf8"))) === text) continue;
    report(generator.path, "written");
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  for (const path of await leftOvers(generators)) {
    report(path, "removed");
    if (!check) await rm(join(root, path));
  }
  console.log(`${generators.length} generated files, ${stale} ${check ? "out of date" : "changed"}`);
  return check && stale > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);

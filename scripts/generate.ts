import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generators } from "./generators";
import { root } from "./setup/paths";

async function present(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Writes every generated file; with `--check` only names the ones that are out of date. */
async function main(args: readonly string[]): Promise<number> {
  const check = args.includes("--check");
  let stale = 0;
  for (const generator of generators) {
    const path = join(root, generator.path);
    const text = await generator.render();
    if ((await present(path)) === text) continue;
    stale++;
    console.log(`${generator.path}: ${check ? "out of date, run npm run generate" : "written"}`);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
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

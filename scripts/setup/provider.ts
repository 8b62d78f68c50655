import { chmod, cp, lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fingerprint, isFresh, readTree, type Stamp } from "./fingerprint";
import { root } from "./paths";
import type { Report } from "./report";

const sources = join(root, "providers");
const installed = join(root, "node_modules", "pulumi-exchange-keys");
const stampPath = join(installed, ".built.json");
const stampFile = z.strictObject({ sources: z.string(), built: z.string() });

/**
 * Compiles the provider package and puts a real copy of it into node_modules, when its sources changed.
 * A symlink there would make Pulumi serialise the package's code into the state of every resource.
 */
export async function ensureProvider(report: Report): Promise<void> {
  const wanted = await sourcesNow();
  if (isFresh(await readStamp(), { sources: wanted, built: await builtNow() })) return;
  report("compiling the provider package");
  const { runShown } = await import("./command.mjs");
  await rm(join(sources, "dist"), { recursive: true, force: true });
  const tsc = require.resolve("typescript/bin/tsc", { paths: [root] });
  // Source maps carry their sources: the installed copy has no src folder beside it.
  const args = [tsc, "-p", sources, "--noEmitOnError", "--inlineSources"];
  await runShown({ title: "tsc -p providers", file: process.execPath, args, cwd: root, report });
  await install();
  if ((await sourcesNow()) !== wanted)
    throw new Error("the provider's sources changed while they were compiled: run the command again");
  await writeFile(stampPath, JSON.stringify({ sources: wanted, built: await builtNow() } satisfies Stamp));
}

async function sourcesNow(): Promise<string> {
  const files = await readTree(sources, ["src", "package.json", "tsconfig.json"]);
  const compiler = await readFile(require.resolve("typescript/package.json", { paths: [root] }));
  return fingerprint(files.set("typescript/package.json", compiler));
}

async function builtNow(): Promise<string> {
  return fingerprint(await readTree(installed, ["dist", "package.json"]));
}

async function readStamp(): Promise<Stamp | undefined> {
  try {
    return stampFile.parse(JSON.parse(await readFile(stampPath, "utf8")));
  } catch (error) {
    // An unreadable stamp is no stamp: the answer is to build again.
    if (error instanceof z.ZodError || error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

async function install(): Promise<void> {
  const found = await lstat(installed);
  if (!found.isDirectory())
    throw new Error("node_modules/pulumi-exchange-keys is no real folder: delete node_modules and run the command again");
  const next = join(installed, ".dist-next");
  await Promise.all([next, stampPath].map((path) => rm(path, { recursive: true, force: true })));
  await mkdir(next);
  await cp(join(sources, "dist"), next, { recursive: true });
  // The compiler makes no file executable, and npm does so only when it installs: without this, npm starts the command once and never again.
  await chmod(join(next, "cli", "main.js"), 0o755);
  await rm(join(installed, "dist"), { recursive: true, force: true });
  await rename(next, join(installed, "dist"));
  await cp(join(sources, "package.json"), join(installed, "package.json"));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

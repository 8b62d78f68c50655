import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { root } from "./setup/paths";
import { leftOfSkeleton, writeSkeleton } from "./skeleton/folders";

interface Options {
  readonly title?: string;
}

/** Signing comes from ccxt, so an exchange is called what ccxt calls it. */
function knownToCcxt(id: string): string {
  const file = join(dirname(require.resolve("ccxt")), "..", "js", "src", `${id}.js`);
  if (!/^[a-z][a-z0-9]*$/.test(id) || !existsSync(file)) throw new InvalidArgumentError("ccxt has no exchange of this id.");
  return id;
}

function node(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
}

function create(id: string, { title = id.charAt(0).toUpperCase() + id.slice(1) }: Options): void {
  const folders = writeSkeleton(root, { id, title, date: new Date().toISOString().slice(0, 10) });
  node(join(root, "node_modules/@biomejs/biome/bin/biome"), "check", "--write", ...folders);
  node("--import", "tsx", "scripts/generate.ts");
  console.log(`\n${folders.map((folder) => `written  ${folder}`).join("\n")}`);
  console.log(
    `${leftOfSkeleton(root, id).length} places say SKELETON: what has to be written. Go on with docs/adding-an-exchange.md.`,
  );
}

/** `npm run new-exchange -- <id> [--title <title>]` */
const program = new Command("new-exchange")
  .description("Write the skeleton of an exchange: its folders, and all that is generated from them")
  .argument("<id>", "as ccxt names the exchange", knownToCcxt)
  .option("--title <title>", "as people name it; by default the id")
  .action((id: string, options: Options) => {
    try {
      create(id, options);
    } catch (error) {
      program.error(error instanceof Error ? error.message : String(error));
    }
  });

program.parse();

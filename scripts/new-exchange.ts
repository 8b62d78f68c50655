import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { root } from "./setup/paths";
import { leftOfSkeleton, writeSkeleton } from "./skeleton/folders";

interface Options {
  readonly client?: string;
  readonly title?: string;
}

function word(id: string): string {
  if (!/^[a-z][a-z0-9]*$/.test(id))
    throw new InvalidArgumentError("An id is of small letters and digits, and begins with a letter.");
  return id;
}

function isKnownToCcxt(id: string): boolean {
  return existsSync(join(dirname(require.resolve("ccxt")), "..", "js", "src", `${id}.js`));
}

function node(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
}

/** Signing comes from ccxt, so it has to know the exchange, or the client that signs for it. */
function create(id: string, { title = id.charAt(0).toUpperCase() + id.slice(1), client }: Options): void {
  if (!isKnownToCcxt(client ?? id))
    throw new Error(`ccxt has no exchange "${client ?? id}". Name the one that signs by --client.`);
  const named = client === undefined ? {} : { client };
  const folders = writeSkeleton(root, { id, ...named, title, date: new Date().toISOString().slice(0, 10) });
  node(join(root, "node_modules/@biomejs/biome/bin/biome"), "check", "--write", ...folders);
  node("--import", "tsx", "scripts/generate.ts");
  console.log(`\n${folders.map((folder) => `written  ${folder}`).join("\n")}`);
  console.log(
    `${leftOfSkeleton(root, id).length} places say SKELETON: what has to be written. Go on with docs/adding-an-exchange.md.`,
  );
}

/** `npm run new-exchange -- <id> [--title <title>] [--client <id>]` */
const program = new Command("new-exchange")
  .description("Write the skeleton of an exchange: its folders, and all that is generated from them")
  .argument("<id>", "as ccxt names the exchange; any other word with --client", word)
  .option("--client <id>", "as ccxt names the client that signs, where several families of keys share one", word)
  .option("--title <title>", "as people name it; by default the id")
  .action((id: string, options: Options) => {
    try {
      create(id, options);
    } catch (error) {
      program.error(error instanceof Error ? error.message : String(error));
    }
  });

program.parse();

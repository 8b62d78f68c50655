import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What stands where something of the exchange has to be written. */
export const MARK = "SKELETON";

/** The folders of one exchange, relative to the checkout, and the templates for each. */
function foldersOf(id: string): readonly (readonly [template: string, folder: string])[] {
  return [
    ["provider", `providers/src/exchanges/${id}`],
    ["sandbox", `sandbox/exchanges/${id}`],
    ["golden", `test/wire/golden/${id}`],
  ];
}

/** Its one file in a folder of all exchanges: which calls of a public SDK the sandbox is held to. */
const sdkCalls = (id: string): string => `test/sdk/calls/${id}.ts`;

export interface NewExchange {
  /** As ccxt names the exchange, or where `client` does, as this package shall. */
  readonly id: string;
  /** ccxt's name for the client that signs, where that is not the id. */
  readonly client?: string;
  /** As people name it. */
  readonly title: string;
  /** ISO date of today. */
  readonly date: string;
}

/** Writes the skeleton of an exchange. @returns the folders it made, and the file apart from them @throws Error when one is there already */
export function writeSkeleton(root: string, { id, client, title, date }: NewExchange): readonly string[] {
  const folders = foldersOf(id);
  const taken = [...folders.map(([, folder]) => folder), sdkCalls(id)].filter((folder) => existsSync(join(root, folder)));
  if (taken.length > 0) throw new Error(`there already: ${taken.join(", ")}`);
  const Name = id.charAt(0).toUpperCase() + id.slice(1);
  const line = client === undefined ? "" : `  client: "${client}",\n`;
  const values = new Map(Object.entries({ id, client: line, title, date, Name }));
  const write = (template: string, path: string): void => {
    const text = readFileSync(join(__dirname, template), "utf8");
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(
      join(root, path),
      text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values.get(name) ?? whole),
    );
  };
  for (const [template, folder] of folders) {
    for (const file of readdirSync(join(__dirname, template)))
      write(join(template, file), join(folder, file.replace(/\.txt$/, "")));
  }
  write(join("sdk", "calls.ts.txt"), sdkCalls(id));
  return [...folders.map(([, folder]) => folder), sdkCalls(id)];
}

/** Where an exchange's folders still hold something of the skeleton: `path:line`, relative to the checkout. */
export function leftOfSkeleton(root: string, id: string): readonly string[] {
  const files = foldersOf(id).flatMap(([, folder]) => (existsSync(join(root, folder)) ? filesIn(root, folder) : []));
  const calls = existsSync(join(root, sdkCalls(id))) ? [sdkCalls(id)] : [];
  return [...files, ...calls].flatMap((path) => {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    return lines.flatMap((line, index) => (line.includes(MARK) ? [`${path}:${index + 1}`] : []));
  });
}

function filesIn(root: string, folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

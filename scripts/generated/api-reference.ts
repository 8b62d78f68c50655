import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Every file in it is generated. */
export const apiFolder = "docs/api";

/** A page for each entry of the package, and one that leads to them. */
const PAGES = ["README.md", "index.md", "client.md", "aws.md"] as const;

const MARK = "<!-- Written by `npm run generate` from the doc comments in providers/src: do not edit. -->\n\n";

/** The API reference. `typedoc.json` says what of it has to be documented: without that there is none. */
export function apiReference(root: string): readonly { readonly path: string; readonly render: () => Promise<string> }[] {
  let written: Promise<ReadonlyMap<string, string>> | undefined;
  return PAGES.map((page) => ({
    path: `${apiFolder}/${page}`,
    render: async () => {
      written ??= write(root);
      return `${MARK}${(await written).get(page) ?? ""}`;
    },
  }));
}

/** @throws Error with the names of public items that have no doc comment */
async function write(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "api-reference-"));
  try {
    const args = [join(root, "node_modules/typedoc/bin/typedoc"), "--logLevel", "Warn", "--out", folder];
    await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: "1" } }).catch(
      (error: { readonly stderr?: string }) => {
        throw new Error(`typedoc found something wrong with the doc comments:\n${error.stderr ?? ""}`);
      },
    );
    const pages = PAGES.map(async (page) => [page, await readFile(join(folder, page), "utf8")] as const);
    return new Map(await Promise.all(pages));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

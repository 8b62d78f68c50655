import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths";

/** One source file of this repository. */
export interface Source {
  /** Relative to the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const kinds = /\.(ts|mts|cts|mjs|cjs|js)$/;
const documents = /\.(md|ya?ml|json|txt|sh)$/;

/** Every source file that git tracks or would track. */
export function readSources(): Source[] {
  return readFiles(kinds);
}

/** What people read and paste from: documents, configuration and workflows. */
export function readDocuments(): Source[] {
  return readFiles(documents);
}

function readFiles(wanted: RegExp): Source[] {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const paths = [...new Set(listing.split("\0"))].filter((path) => wanted.test(path) && existsSync(join(root, path)));
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** The exchanges there are: their folder names. */
export function exchangeIds(sources: readonly Source[]): string[] {
  const ids = sources.map(({ path }) => /^providers\/src\/exchanges\/([^/]+)\//.exec(path)?.[1]);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

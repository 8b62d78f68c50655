import { resolve } from "node:path";
import { type Trust, trustProblem } from "../core/trust";
import { readUnchangedFile } from "../files/private-file";

/** More than any list of public roots. */
const MAX_BYTES = 1024 * 1024;

/** What `--trust-ca` names, or why it cannot be used: a phrase that follows the option's name. */
export type GivenTrust = { readonly trust?: Trust } | { readonly problem: string };

/** Reads private roots for AWS endpoints, as `exchange-keys:trust` declares them. */
export async function readTrust(path: string | undefined): Promise<GivenTrust> {
  if (path === undefined) return {};
  const found = await readUnchangedFile(resolve(path), MAX_BYTES);
  if (found === undefined) return { problem: `names ${path}, and no file is there` };
  if ("problem" in found) return { problem: `names ${path}, which ${found.problem.message}. ${found.problem.hint}` };
  const ca = found.bytes.toString("utf8");
  const problem = trustProblem(ca);
  return problem === undefined ? { trust: { ca } } : { problem: `names ${path}, which ${problem}` };
}

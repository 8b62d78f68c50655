import { constants, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { KeyError } from "../core/errors";
import { Secret } from "../core/secret";

/** Where one field of a parent credential is found. The reference may stand in code and state; the value never. */
export type Reference = { readonly kind: "env"; readonly name: string } | { readonly kind: "file"; readonly path: string };

/** Why `text` is not a reference, without quoting it: somebody may have pasted the credential itself. `undefined` when it is one. */
export function referenceProblem(text: string): string | undefined {
  if (readReference(text) !== undefined) return undefined;
  return "is not a credential reference: write env:NAME or file:/absolute/path (never the credential itself)";
}

/** Pure: reads nothing but `text`. @throws KeyError `InvalidInput`, which does not quote `text` */
export function parseReference(text: string): Reference {
  const reference = readReference(text);
  if (reference === undefined) throw new KeyError({ kind: "InvalidInput", message: `a value ${referenceProblem(text)}` });
  return reference;
}

function readReference(text: string): Reference | undefined {
  const env = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text);
  if (env?.[1] !== undefined) return { kind: "env", name: env[1] };
  const file = /^file:(?!\/\/)([^\0\r\n]+)$/.exec(text);
  return file?.[1] !== undefined && isAbsolute(file[1]) ? { kind: "file", path: file[1] } : undefined;
}

/**
 * The credential behind a reference. Called only when an exchange is really reached, so that a preview needs none.
 * @throws KeyError `CredentialsUnavailable`, naming the reference
 */
export async function resolveReference(text: string, env: NodeJS.ProcessEnv): Promise<Secret> {
  const reference = parseReference(text);
  const value = unfolded(reference.kind === "env" ? env[reference.name] : await readSecretFile(reference.path));
  if (value === undefined || value === "") throw unavailable(text, "is not set");
  if (value !== value.trim()) throw unavailable(text, "begins or ends with white space");
  return new Secret(value);
}

/** A PEM key ends in a line break, and in a variable often has all of them written as `\n`. */
function unfolded(value: string | undefined): string | undefined {
  return value?.startsWith("-----BEGIN ") ? value.replaceAll("\\n", "\n").replace(/\r?\n$/, "") : value;
}

async function readSecretFile(path: string): Promise<string> {
  // Not blocking: opening a pipe would otherwise wait for its writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: NodeJS.ErrnoException) => {
    throw unavailable(`file:${path}`, `cannot be opened (${error.code ?? "unknown reason"})`);
  });
  try {
    const problem = fileProblem(await file.stat());
    if (problem !== undefined) throw unavailable(`file:${path}`, problem);
    return (await file.readFile("utf8")).replace(/\r?\n$/, "");
  } finally {
    await file.close();
  }
}

function fileProblem(stats: Stats): string | undefined {
  if (!stats.isFile()) return "is not a regular file";
  const open = process.platform !== "win32" && (stats.mode & 0o077) !== 0;
  return open ? "is open to other users: chmod 600 it" : undefined;
}

function unavailable(reference: string, problem: string): KeyError {
  return new KeyError({ kind: "CredentialsUnavailable", message: `the credential ${reference} ${problem}` });
}

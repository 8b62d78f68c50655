import { type FileProblem, readPrivateFile } from "../files/private-file";
import { unavailable } from "./unavailable";

/** Room for the longest private key in PEM. */
const MAX_BYTES = 16_384;

/**
 * The text of a file that is closed to other users, without its last line break. It lies where nobody else could put another.
 * @throws KeyError `CredentialsUnavailable`
 */
export async function readSecretFile(path: string): Promise<string> {
  const found = await readPrivateFile(path, MAX_BYTES);
  if (found === undefined) throw refuse(path, { message: "cannot be opened", code: "ENOENT" });
  if ("problem" in found) throw refuse(path, found.problem);
  const text = found.bytes.toString("utf8");
  found.bytes.fill(0);
  return text.replace(/\r?\n$/, "");
}

function refuse(path: string, { message, code, hint }: Omit<FileProblem, "hint"> & Partial<FileProblem>) {
  if (code === undefined) return unavailable(`file:${path}`, message, hint === undefined ? {} : { hint });
  return unavailable(`file:${path}`, `${message} (${code})`);
}

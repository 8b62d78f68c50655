import { dirname } from "node:path";
import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";
import { callerOfProcess, foreignLink, type Opening, sharedFolder } from "../files/trust";
import { followWay } from "../files/way";

/**
 * The file behind a path, where a document may be put. A link on the way is followed only where nobody else could have put it there. In
 * production no folder on the way may be written by everybody, or by a group other than the deployer's own.
 * @throws KeyError `PublicationFailed`, with folder, mode and remedy. NodeJS.ErrnoException
 */
export async function openPlace(path: string, environment: Environment): Promise<string> {
  const { path: place, steps } = await followWay(path);
  const caller = callerOfProcess();
  if (caller === undefined) return place;
  const foreign = foreignLink(steps, caller);
  if (foreign !== undefined) throw refused(path, "ForeignLink", { ...foreign, what: `a link leads there, and ${foreign.what}` });
  const shared = environment === "production" ? sharedFolder(steps, dirname(place), caller) : undefined;
  if (shared !== undefined) throw refused(path, "SharedFolder", shared);
  return place;
}

function refused(path: string, code: string, { what, remedy }: Opening): KeyError {
  return new KeyError({
    kind: "PublicationFailed",
    message: `the document ${path} is not written: ${what}`,
    code,
    hint: remedy,
  });
}

import { unavailable } from "./unavailable";

/** What every credential of a sandbox is written with, in front of what its exchange gave out. */
const MARK = "sandbox-";

/**
 * The credential behind its mark. Without one it may be a real one, which is not sent even to this machine.
 * @param reference as the person wrote it
 * @throws KeyError `CredentialsUnavailable`
 */
export function unmarked(value: string, reference: string): string {
  if (value.startsWith(MARK)) return value.slice(MARK.length);
  const hint = `Point it to one of the sandbox's own, in its folder's parents/: they begin with ${MARK}.`;
  throw unavailable(reference, `does not begin with ${MARK}, and the environment sandbox takes no other`, { hint });
}

/** A key in hand, as its exchange gave it out: a sandbox's parent is written down with its mark. */
export function withoutMark(value: string): string {
  return value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

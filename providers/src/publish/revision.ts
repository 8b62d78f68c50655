import { createHash } from "node:crypto";

/** A revision made from the content itself, for places that give none. */
export function revisionOf(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

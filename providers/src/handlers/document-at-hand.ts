import type { Environment } from "../core/words";
import { parsePublishReference } from "../publish/references";
import { processVariables } from "../runtime/process";
import type { SealedDocument } from "../seal/document";

/**
 * The document behind a reference, if it is a file of this machine. Check must reach no further, and says nothing of what it cannot
 * read: create, update and read do.
 */
export async function documentAtHand(environment: Environment, reference: unknown): Promise<SealedDocument | undefined> {
  if (typeof reference !== "string" || parsePublishReference(reference).reference?.scheme !== "file") return undefined;
  try {
    // Loaded here: most programs have no such key.
    const { openStore } = await import("../publish/open-store.js");
    return (await openStore(reference, { environment, env: processVariables() }).read())?.document;
  } catch {
    return undefined;
  }
}

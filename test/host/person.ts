import { rm } from "node:fs/promises";
import { freshPublicKey } from "./edits";
import type { Ending } from "./resource";
import type { Subject } from "./subject";

/** What only a person can do about a refusal. */
export async function helpOut(subject: Subject, ending: Ending): Promise<void> {
  if (ending.how !== "failed") return;
  const { declared, document } = subject;
  // A state is lost, and bot or name are declared anew before the next run: only a person can tell that the document is this key's own.
  if (ending.why.includes("is not ours: it belongs to another key")) await rm(document);
  // Whoever sees that somebody wrote it removes it, once nothing else is to be learned from it.
  if (subject.planted !== undefined && /(?:Conflict|TamperedDocument): the document/.test(ending.why))
    await rm(document, { force: true });
  // A key of another name was destroyed that was delivered there; or its state is gone and it is published elsewhere from now on, so that its serials begin again.
  if (/not delivered by this key|shows serial \d+, which is newer than/.test(ending.why))
    subject.declared = { ...declared, deliver: elsewhere(declared.deliver) };
  if (/PublicKeyNeeded|a key that still lives may have it/.test(ending.why))
    subject.declared = { ...declared, publicKey: freshPublicKey(subject) };
}

function elsewhere(place = ""): string {
  return place.replace("?", "-new?");
}

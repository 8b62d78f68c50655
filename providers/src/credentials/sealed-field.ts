import { openStored, readPublished } from "../client/open";
import type { DocumentReference } from "./document-reference";
import type { CredentialSurroundings } from "./reference";

/** One field of the current key of a document, opened as its bot would. @throws KeyError as `openKey` */
export async function readSealedField(
  { url, expect, field, sealedBy }: DocumentReference,
  { environment, env, documentSealer }: CredentialSurroundings,
): Promise<string | undefined> {
  const options = { document: url, expect, environment, env, ...(sealedBy === undefined ? {} : { sealedBy }) };
  const sealerOf = documentSealer === undefined ? undefined : (reference: string) => documentSealer(reference, expect);
  const key = await openStored(await readPublished(options), options, sealerOf);
  return key[field];
}

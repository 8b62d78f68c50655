import type { AwsSurroundings } from "../aws-api/endpoint";
import { openKey } from "../client/open";
import type { DocumentReference } from "./document-reference";

/** One field of the current key of a document, opened as its bot would. @throws KeyError as `openKey` */
export async function readSealedField(reference: DocumentReference, surroundings: AwsSurroundings): Promise<string | undefined> {
  const { url, expect, field, sealedBy } = reference;
  const { environment, env } = surroundings;
  const key = await openKey({ document: url, expect, environment, env, ...(sealedBy === undefined ? {} : { sealedBy }) });
  return key[field];
}

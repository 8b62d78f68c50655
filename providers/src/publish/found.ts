import { KeyError } from "../core/errors";
import type { SealedDocument } from "../seal/document";
import { MAX_DOCUMENT_BYTES, parseDocument } from "../seal/parse-document";

/** What lies at a place of publication, readable or not. */
export interface Found {
  /** As a later write or removal names it. */
  readonly revision: string;
  /** Absent where it is too large to be a document of ours. */
  readonly text?: string;
  /** Absent where it cannot be read as a document. */
  readonly document?: SealedDocument;
  /** Why there is no `document`. */
  readonly problem?: KeyError;
}

/** A document as it was read, with a revision that a later write names. */
export interface StoredDocument extends Found {
  readonly text: string;
  readonly document: SealedDocument;
}

/** Reads a text as far as it can be read. */
export function foundIn(text: string, revision: string): Found {
  try {
    return { text, revision, document: parseDocument(text) };
  } catch (problem) {
    if (problem instanceof KeyError) return { text, revision, problem };
    throw problem;
  }
}

/** Something that is too large to be read at all. */
export function tooLargeToRead(revision: string): Found {
  const problem = new KeyError({
    kind: "TamperedDocument",
    message: `the document is malformed: it is larger than ${MAX_DOCUMENT_BYTES} bytes`,
    hint: "Publish it again.",
  });
  return { revision, problem };
}

/** The same, where only a document will do. @throws KeyError `TamperedDocument` */
export function readable(found: Found): StoredDocument;
export function readable(found: Found | undefined): StoredDocument | undefined;
export function readable(found: Found | undefined): StoredDocument | undefined {
  if (found === undefined) return undefined;
  const { revision, text, document, problem } = found;
  if (text === undefined || document === undefined) throw problem ?? new TypeError("a document that is not there has no problem");
  return { revision, text, document };
}

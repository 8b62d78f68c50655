import { parseFileReference } from "../seal/file-reference";

export interface FilePublication {
  readonly scheme: "file";
  /** Absolute path of the document. */
  readonly path: string;
}

export type PublishReference = FilePublication;

export interface ParsedPublishReference {
  /** Present when there are no problems. */
  readonly reference?: PublishReference;
  /** Every problem, each a phrase that follows the name of a property. */
  readonly problems: readonly string[];
}

/** Reads where a document is published: `file:///absolute/path`. Pure. */
export function parsePublishReference(text: string): ParsedPublishReference {
  if (!text.startsWith("file://")) {
    return { problems: ["is not a place that this release publishes to: write file:///path/to/document.json"] };
  }
  const { path, problems } = parseFileReference(text, "file");
  return path === undefined ? { problems } : { reference: { scheme: "file", path }, problems };
}

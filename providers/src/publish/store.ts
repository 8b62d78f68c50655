import type { AwsSurroundings } from "../aws-api/endpoint";
import type { SealedDocument } from "../seal/document";
import type { Found, StoredDocument } from "./found";

export type { Found, StoredDocument } from "./found";

/** Where a sealed document is published. */
export interface DocumentStore {
  /** The reference it was opened with, such as `file:///var/lib/bots/mm-1.json`. */
  readonly url: string;
  /** A document of more bytes is refused by `write`. */
  readonly maxBytes: number;
  /** `undefined` only when nothing is there. @throws KeyError `PublicationFailed` (the place refuses), `TamperedDocument` (not a document) */
  read(): Promise<StoredDocument | undefined>;
  /** The same, and what is no document is found too. @throws KeyError `PublicationFailed` */
  look(): Promise<Found | undefined>;
  /**
   * Durable when it returns: written, synced and read back.
   * @param replaces revision that is expected to be there now. `undefined` for none
   * @throws KeyError `PublicationFailed`. `Conflict` when something else is there
   */
  write(document: SealedDocument, replaces: string | undefined): Promise<StoredDocument>;
  /** Idempotent. @throws KeyError `PublicationFailed`. `Conflict` when something else than `expected` is there */
  remove(expected: string): Promise<void>;
}

/** What a store is opened with. */
export interface StoreSurroundings extends AwsSurroundings {
  /** Tells the person at the terminal, such as that a parameter costs money. */
  readonly notice?: (text: string) => void;
}

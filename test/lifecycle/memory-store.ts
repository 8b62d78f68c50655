import { createHash } from "node:crypto";
import { KeyError } from "../../providers/src/core/errors";
import { foundIn, readable } from "../../providers/src/publish/found";
import { requireFits } from "../../providers/src/publish/room";
import type { DocumentStore } from "../../providers/src/publish/store";
import type { SealedDocument } from "../../providers/src/seal/document";
import { writeDocument } from "../../providers/src/seal/parse-document";

/** What a store in memory takes, and what every act on it passes. */
interface Rules {
  readonly maxBytes: number;
  /** What a look makes of a text. */
  reads(text: string): string;
  point<T>(name: string, act: () => T): Promise<T>;
}

/** What lies where documents are published. */
export interface Places {
  readonly documents: Map<string, SealedDocument>;
  /** Texts that lie where a document is expected, word for word. They hide the document of the place. */
  readonly texts: Map<string, string>;
}

/** What lies at a place, word for word. */
export function textAt(url: string, { documents, texts }: Places): string | undefined {
  const document = documents.get(url);
  return texts.get(url) ?? (document === undefined ? undefined : writeDocument(document));
}

/** The place `url` among `places`. */
export function memoryStore(url: string, places: Places, { maxBytes, reads, point }: Rules): DocumentStore {
  const revision = (text: string): string => createHash("sha256").update(text).digest("hex");
  const expect = (expected: string | undefined): void => {
    const there = textAt(url, places);
    const seen = there === undefined ? undefined : revision(there);
    if (seen !== expected) throw new KeyError({ kind: "Conflict", message: "something else is there" });
  };
  const look = () =>
    point("read document", () => {
      const text = textAt(url, places);
      return text === undefined ? undefined : foundIn(reads(text), revision(text));
    });
  return {
    url,
    maxBytes,
    read: async () => readable(await look()),
    look,
    write: (document, replaces) =>
      point("publish", () => {
        expect(replaces);
        const text = writeDocument(document);
        requireFits({ url, maxBytes }, Buffer.byteLength(text));
        places.texts.delete(url);
        places.documents.set(url, structuredClone(document));
        return readable(foundIn(text, revision(text)));
      }),
    remove: (expected) =>
      point("unpublish", () => {
        expect(expected);
        places.texts.delete(url);
        places.documents.delete(url);
      }),
  };
}

import { KeyError } from "../core/errors";
import type { DocumentStore } from "./store";

/** @throws KeyError `PublicationFailed`, code `TooLarge`, where a document of so many bytes does not fit */
export function requireFits({ url, maxBytes }: Pick<DocumentStore, "url" | "maxBytes">, bytes: number): void {
  if (bytes <= maxBytes) return;
  throw new KeyError({
    kind: "PublicationFailed",
    message: `the document for ${url} takes ${bytes} bytes, and no more than ${maxBytes} fit there`,
    code: "TooLarge",
    hint: "Publish to s3:// or file://, or, where tier=standard is asked for, allow the advanced tier.",
  });
}

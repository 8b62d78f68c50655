import { KeyError } from "../core/errors";
import { openFileStore } from "./file-store";
import { parsePublishReference } from "./references";
import type { DocumentStore } from "./store";

/** The store behind a URL. Reaches nothing before its first call. @throws KeyError `InvalidInput` for a malformed URL */
export function openStore(url: string): DocumentStore {
  const { reference, problems } = parsePublishReference(url);
  if (reference !== undefined) return openFileStore(url, reference.path);
  throw new KeyError({ kind: "InvalidInput", message: `the publication URL ${problems.join("; ")}` });
}

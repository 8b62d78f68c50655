import { KeyError } from "../core/errors";
import { openFileStore } from "./file-store";
import { openObjectStore } from "./object-store";
import { openParameterStore } from "./parameter-store";
import { parsePublishReference } from "./references";
import type { DocumentStore, StoreSurroundings } from "./store";

/**
 * The store behind a URL. Reaches nothing before its first call.
 * @throws KeyError `InvalidInput` for a malformed URL, `EnvironmentRefused` for an endpoint that the environment does not allow
 */
export function openStore(url: string, surroundings: StoreSurroundings): DocumentStore {
  const { reference, problems } = parsePublishReference(url);
  if (reference === undefined) {
    throw new KeyError({ kind: "InvalidInput", message: `the publication URL ${problems.join("; ")}` });
  }
  if (reference.scheme === "ssm") return openParameterStore(url, reference, surroundings);
  if (reference.scheme === "s3") return openObjectStore(url, reference, surroundings);
  return openFileStore(url, reference.path, surroundings.environment);
}

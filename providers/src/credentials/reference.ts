import { isAbsolute } from "node:path";
import type { AwsSurroundings } from "../aws-api/endpoint";
import { parseSecretReference, type SecretReference } from "../aws-api/secret-reference";
import { KeyError } from "../core/errors";
import { holdsDots, holdsHidden } from "../core/reference-text";
import { Secret } from "../core/secret";
import type { Identity } from "../core/words";
import type { Sealer } from "../seal/sealer";
import { type DocumentReference, parseDocumentReference } from "./document-reference";
import { unmarked } from "./sandbox-mark";
import { readSecretFile } from "./secret-file";
import { unavailable } from "./unavailable";

/** Where one field of a parent credential is found. The reference may stand in code and state. The value never. */
export type Reference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | ({ readonly kind: "awssm"; readonly jsonKey?: string } & SecretReference)
  | ({ readonly kind: "document" } & DocumentReference);

const FORMS = "env:NAME, file:/absolute/path, awssm:<secret>?region=<region>#<key of its JSON> or document:<URL>#<field>&…";

/** Why `text` is not a reference, without quoting it: somebody may have pasted the credential itself. `undefined` when it is one. */
export function referenceProblem(text: string): string | undefined {
  const found = readReference(text);
  if (typeof found !== "string") return undefined;
  return found === "" ? `is not a credential reference: write ${FORMS} (never the credential itself)` : found;
}

/** Pure: reads nothing but `text`. @throws KeyError `InvalidInput`, which does not quote `text` */
export function parseReference(text: string): Reference {
  const reference = readReference(text);
  if (typeof reference !== "string") return reference;
  throw new KeyError({ kind: "InvalidInput", message: `a value ${referenceProblem(text)}` });
}

/** The reference, or what is wrong with it: empty where it is of no known kind. */
function readReference(text: string): Reference | string {
  const env = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text);
  if (env?.[1] !== undefined) return { kind: "env", name: env[1] };
  const file = /^file:(?!\/\/)([^\0\r\n]+)$/.exec(text);
  if (file?.[1] !== undefined && isAbsolute(file[1])) return readFilePath(file[1]);
  if (text.startsWith("awssm:")) return readSecret(text.slice("awssm:".length));
  if (!text.startsWith("document:")) return "";
  const { reference, problems } = parseDocumentReference(text.slice("document:".length));
  return reference === undefined ? problems.join("; ") : { kind: "document", ...reference };
}

function readFilePath(path: string): Reference | string {
  const problems = [
    holdsDots(path) && "must not have . or .. segments",
    holdsHidden(path) && "holds a control or format character",
  ].filter((problem) => problem !== false);
  return problems.length > 0 ? problems.join("; ") : { kind: "file", path };
}

function readSecret(rest: string): Reference | string {
  const [place = "", jsonKey, ...more] = rest.split("#");
  const { reference, problems } = parseSecretReference(place);
  const key = more.length > 0 || jsonKey === "" || holdsHidden(jsonKey ?? "") ? ["names no key of its JSON after #"] : [];
  if (reference === undefined || key.length > 0) return [...problems, ...key].join("; ");
  return { kind: "awssm", ...reference, ...(jsonKey === undefined ? {} : { jsonKey }) };
}

/** Opens the sealing key of a document that holds a credential. @param identity whose document it is */
export type DocumentSealer = (reference: string, identity: Identity) => Sealer;

/** What credentials are read from. */
export interface CredentialSurroundings extends AwsSurroundings {
  /** @default as a bot opens its own document */
  readonly documentSealer?: DocumentSealer;
}

/**
 * The credential behind a reference. Called only when an exchange is really reached, so that a preview needs none.
 * @throws KeyError `CredentialsUnavailable`, naming the reference. For `document:` also what opening a document throws
 */
export async function resolveReference(text: string, surroundings: CredentialSurroundings): Promise<Secret> {
  const given = await read(parseReference(text), text, surroundings);
  if (given === undefined || given === "") throw unavailable(text, "is not set");
  const value = unfolded(surroundings.environment === "sandbox" ? unmarked(given, text) : given);
  if (value === "") throw unavailable(text, "is not set");
  if (value !== value.trim()) throw unavailable(text, "begins or ends with white space");
  return new Secret(value);
}

async function read(reference: Reference, text: string, surroundings: CredentialSurroundings): Promise<string | undefined> {
  switch (reference.kind) {
    case "env":
      return surroundings.env[reference.name];
    case "file":
      return await readSecretFile(reference.path);
    case "awssm": {
      // Loaded here: most desks have no parent there.
      const { readAwsSecret } = await import("./aws-secret.js");
      return await readAwsSecret(reference, { text, surroundings });
    }
    case "document": {
      const { readSealedField } = await import("./sealed-field.js");
      return await readSealedField(reference, surroundings);
    }
  }
}

/** A PEM key ends in a line break, and in a variable often has all of them written as `\n`. */
function unfolded(value: string): string {
  return value.startsWith("-----BEGIN ") ? value.replaceAll("\\n", "\n").replace(/\r?\n$/, "") : value;
}

import { MASTER } from "../core/adopted";
import type { Identity } from "../core/words";
import { parsePublishReference } from "../publish/references";

const FIELDS = ["apiKey", "secret", "password"] as const;
const REQUIRED = ["owner", "bot", "exchange", "account", "name"] as const;
const NAMES: readonly string[] = [...REQUIRED, "subAccount", "sealedBy"];

/** One field of a key in a sealed document, and whose key it has to be. */
export interface DocumentReference {
  readonly url: string;
  readonly field: (typeof FIELDS)[number];
  /** Never taken from the document. */
  readonly expect: Identity;
  /** Sealing reference that the key must be sealed by. Any when left out. */
  readonly sealedBy?: string;
}

export interface ParsedDocumentReference {
  readonly reference?: DocumentReference;
  readonly problems: readonly string[];
}

/**
 * Reads `<URL>#<field>&owner=…&bot=…&exchange=…&account=…&name=…[&subAccount=…][&sealedBy=…]`, what follows `document:`. Without
 * `subAccount` it is a master key. Pure.
 */
export function parseDocumentReference(rest: string): ParsedDocumentReference {
  const at = rest.indexOf("#");
  const [url, fragment] = at < 0 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
  const [named = "", ...pairs] = fragment.split("&");
  const field = FIELDS.find((one) => one === named);
  const parameters = new URLSearchParams(pairs.join("&"));
  const given = Object.fromEntries(parameters);
  const lacking = REQUIRED.filter((name) => (given[name] ?? "") === "");
  const surplus = [...parameters.keys()].some((name) => !NAMES.includes(name));
  const problems = [
    ...(parsePublishReference(url).reference === undefined ? ["names no place of a document: ssm://…, s3://… or file:///…"] : []),
    ...(field === undefined ? [`needs after # one of ${FIELDS.join(", ")}`] : []),
    ...(lacking.length > 0 ? [`does not say whose key it is: add ${lacking.map((name) => `&${name}=…`).join("")}`] : []),
    ...(surplus ? [`has a parameter after # that is none of ${NAMES.join(", ")}`] : []),
  ];
  if (problems.length > 0 || field === undefined) return { problems };
  const { owner = "", bot = "", exchange = "", account = "", name = "", subAccount = MASTER, sealedBy } = given;
  const expect = { owner, bot, exchange, account, subAccount, name };
  return { reference: { url, field, expect, ...(sealedBy === undefined ? {} : { sealedBy }) }, problems };
}

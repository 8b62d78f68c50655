import { holdsHidden } from "../core/reference-text";

/** A `<scheme>:///absolute/path`, read without looking at any file. */
export interface FileReference {
  /** Present when there are no problems. Percent escapes are decoded. */
  readonly path?: string;
  readonly problems: readonly string[];
}

/** Pure. Every problem is a phrase that follows the name of a property. */
export function parseFileReference(text: string, scheme: string): FileReference {
  const rest = text.slice(`${scheme}://`.length);
  const path = decode(rest);
  const segments = (path ?? rest).split("/").slice(1);
  const problems = [
    !rest.startsWith("/") && `needs an absolute path, after three slashes: ${scheme}:///path/to/file`,
    /[?#]/.test(rest) && "must not have a query or fragment; write a ? or # of the path as %3F or %23",
    segments.at(-1) === "" && "names a folder; a file is needed",
    segments.some((segment, at) => /^\.{1,2}$/.test(segment) || (segment === "" && at < segments.length - 1)) &&
      "must not have empty, . or .. segments",
    path === undefined && "has a percent sign that is no escape; write it as %25",
    holdsHidden(path ?? rest) && "holds a control or format character, or a line break",
  ].filter((problem) => problem !== false);
  return problems.length > 0 || path === undefined ? { problems } : { path, problems };
}

/** `undefined` for a malformed escape, and for one that would hide a separator. */
function decode(text: string): string | undefined {
  if (/%2f|%5c/i.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * Characters that nobody sees, or that change how others are seen: control and format characters, line and paragraph separators, and halves
 * of a surrogate pair.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Pure. */
export function holdsHidden(text: string): boolean {
  return HIDDEN.test(text);
}

/** True when a segment between slashes is `.` or `..`: two spellings would name one place. Pure. */
export function holdsDots(path: string): boolean {
  return path.split("/").some((segment) => segment === "." || segment === "..");
}

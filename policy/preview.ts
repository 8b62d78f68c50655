/**
 * Values of a preview. The policy SDK throws when a value is read that the preview cannot know; a rule must judge what is known and leave
 * the rest to the run that knows it.
 */
export const UNKNOWN = Symbol("not known in this preview");

/** A text, nothing, or not known yet. */
export type Text = string | undefined | typeof UNKNOWN;

/** What is known of a list. `complete` is false when some of it, or all, is not known yet. */
export interface Texts {
  readonly known: readonly string[];
  readonly complete: boolean;
}

/** Properties as the policy SDK hands them over. */
export type Props = Readonly<Record<string, unknown>>;

/** One property, or `UNKNOWN`. */
export function propertyOf(props: object, name: string): unknown {
  try {
    return Reflect.get(props, name);
  } catch {
    // Reading a property of plain data throws for one reason only: the SDK's proxy refuses to show an unknown value.
    return UNKNOWN;
  }
}

/** A property that is a text; anything else that is known counts as absent: the provider's own check names it. */
export function textOf(props: object, name: string): Text {
  const value = propertyOf(props, name);
  return typeof value === "string" || value === UNKNOWN ? value : undefined;
}

/** A property that is an object, such as `rotate`. */
export function objectOf(props: object, name: string): object | undefined | typeof UNKNOWN {
  const value = propertyOf(props, name);
  return (typeof value === "object" && value !== null) || value === UNKNOWN ? value : undefined;
}

/** A property that is a list of texts. Absent is a complete list of none. */
export function textsOf(props: object, name: string): Texts {
  const value = propertyOf(props, name);
  if (value === UNKNOWN) return { known: [], complete: false };
  if (!Array.isArray(value)) return { known: [], complete: true };
  const items = Array.from({ length: value.length }, (_, index) => propertyOf(value, String(index)));
  return { known: items.filter((item) => typeof item === "string"), complete: !items.includes(UNKNOWN) };
}

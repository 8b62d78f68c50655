import fc from "fast-check";

/** Stands where no exchange puts one. In the form of one, so that whatever lets a secret through lets this through. */
export const MARKER = "Mk7QunexpectedSECRET0w9Zx4Lp2VbN8tR6";

const KINDS = ["replace", "add", "remove", "repeat", "wrap", "rename", "cut", "text"] as const;

/** One thing done to the text of an answer. */
export interface Mutation {
  readonly kind: (typeof KINDS)[number];
  /** 0 to 1: which of the answer's places, or where the text is cut. */
  readonly place: number;
  /** What stands there then: JSON, or for `text` the whole of the answer. */
  readonly value: string;
  /** Of what is added or renamed. */
  readonly name: string;
}

type Path = readonly (string | number)[];

const NESTED = `${"[".repeat(2000)}${"]".repeat(2000)}`;
const HTML = `<!DOCTYPE html><html><body>${MARKER}</body></html>`;
/** The last two are names that every object of JavaScript knows. */
const NAMES: readonly string[] = [MARKER, "__proto__", "constructor"];

const WORDS = ["", "0", "-1", "true", "null", "NaN", "__proto__", "2026-13-45T99:99:99Z", "9".repeat(15), HTML, MARKER];

/** JSON that no document shows at most places. Two of the numbers are not safe integers, and one is no date. */
const VALUES: readonly string[] = [
  ...["null", "true", "false", "0", "-1", "2", "1.5", "1e400", "-1e400", "9007199254740991", "9007199254740993"],
  ...["8640000000000001", "999999999999", "{}", "[]", "[null]", "[[]]", `[${'"a",'.repeat(300)}"a"]`, NESTED],
  ...[`["${MARKER}"]`, `{"${MARKER}":"${MARKER}"}`, `{"__proto__":{"${MARKER}":true}}`, '{"constructor":true,"toString":true}'],
  ...WORDS.map((word) => JSON.stringify(word)),
];

const TEXTS: readonly string[] = [
  "",
  " ",
  "null",
  "true",
  "[]",
  "{}",
  `"${MARKER}"`,
  MARKER,
  HTML,
  NESTED,
  "{".repeat(99),
  "\u0000",
];

/** How finely a place is chosen. */
const PLACES = 10_000;

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.constantFrom(...KINDS, ...(["replace", "replace"] as const)).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      place: fc.noBias(fc.nat({ max: PLACES - 1 })).map((part) => part / PLACES),
      value: kind === "text" ? fc.constantFrom(...TEXTS) : fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue().map(textOf)),
      name: fc.constantFrom(...NAMES),
    }),
  ),
  { minLength: 1, maxLength: 2 },
);

/** One of each kind at least, and of texts also those that are likeliest to be taken for something else. */
const KINDS_OF_VALUES: readonly string[] = [
  ...["null", "true", "false", "2", "9007199254740991", "[]", '[""]', `["${MARKER}"]`, `{"${MARKER}":"${MARKER}"}`],
  ...["", "7", "false", MARKER].map((word) => JSON.stringify(word)),
];

/** At every place of `answer` a value of each kind, and nothing. */
export function everywhere(answer: unknown): readonly Mutation[] {
  const paths = pathsIn(answer);
  return paths.flatMap((_, index) => {
    const at = { place: (index + 0.5) / paths.length, name: "constructor" };
    const replaced = KINDS_OF_VALUES.map((value) => ({ ...at, kind: "replace", value }) as const);
    return [...replaced, { ...at, kind: "remove", value: "" }, { ...at, kind: "add", value: "true" }];
  });
}

/** One mutation after the other. Once a text is not JSON any more, it stays as it is. */
export function mutate(text: string, changes: readonly Mutation[]): string {
  return changes.reduce(changed, text);
}

function changed(text: string, { kind, place, value, name: other }: Mutation): string {
  if (kind === "text") return value;
  if (kind === "cut") return text.slice(0, Math.floor(place * text.length));
  const body = parsed(text);
  if (body === undefined) return text;
  const paths = pathsIn(body);
  const path = paths[Math.floor(place * paths.length)] ?? [];
  const old = textOf(valueAt(body, path));
  if (kind === "replace") return textWith(body, path, value);
  if (kind === "wrap") return textWith(body, path, `[${old},${old}]`);
  const name = path.at(-1);
  if (name === undefined) return text;
  if (kind === "remove") return textOf(edited(body, path, () => []));
  if (kind === "rename") return textOf(edited(body, path, (inner) => [[other, inner]]));
  if (kind === "add" && typeof name === "string") return textWith(body, path, `${old},${JSON.stringify(other)}:${value}`);
  // An item twice, or a name twice in one object: the second counts.
  return textWith(body, path, typeof name === "number" ? `${old},${old}` : `${old},${JSON.stringify(name)}:${value}`);
}

/** The same answer to a reader of the documents: other order, also of lists and of words between commas, and further fields. */
export function disguised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(disguised).reverse();
  if (typeof value === "string" && /^[^\s,]+(,[^\s,]+)+$/.test(value)) return value.split(",").reverse().join(",");
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, disguised(inner)]);
  return Object.fromEntries([["zzUnexpected", []], ...entries.reverse()]);
}

/** A value whose lists are the same whatever their order. */
export function withoutOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrder).sort((one, other) => (textOf(one) < textOf(other) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, inner]) => [name, withoutOrder(inner)]),
  );
}

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null || path.length > 8) return [path];
  const entries: readonly [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.slice(0, 50).flatMap(([name, inner]) => pathsIn(inner, [...path, name]))];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, name) => Reflect.get(Object(inner), name), value);
}

const HOLE = "the hole that a text is put into";

/** `body` as text, with `text` at `path`: so also what no value can be written as. */
function textWith(body: unknown, path: Path, text: string): string {
  return textOf(edited(body, path, () => [[path.at(-1) ?? "", HOLE]])).replace(JSON.stringify(HOLE), () => text);
}

type Edit = (value: unknown) => readonly (readonly [string | number, unknown])[];

/** What is at `path` as what `edit` makes of it: several entries, or none. */
function edited(value: unknown, [name, ...rest]: Path, edit: Edit): unknown {
  if (name === undefined) return edit(value)[0]?.[1];
  const inside: Edit = rest.length === 0 ? edit : (inner) => [[name, edited(inner, rest, edit)]];
  if (Array.isArray(value))
    return value.flatMap((item, index) => (index === name ? inside(item).map(([, inner]) => inner) : [item]));
  const entries = Object.entries(Object(value));
  return Object.fromEntries(entries.flatMap((entry) => (entry[0] === name ? inside(entry[1]) : [entry])));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

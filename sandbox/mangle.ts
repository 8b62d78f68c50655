import type { Random } from "./random";

/** The text of an answer without its last third, as a proxy that gave up leaves it. */
export function truncated(text: string): string {
  return text.slice(0, Math.ceil((text.length * 2) / 3));
}

/** The same content with every object of a list twice, as pages that overlap show it. */
export function doubled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(doubled).flatMap((item) => (isObject(item) ? [item, item] : [item]));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, doubled(member)]));
}

type Path = readonly (string | number)[];

/** The same content with one value, drawn by chance, of another type. What holds nothing stays as it is. */
export function retyped(value: unknown, random: Random): unknown {
  const [path] = random.shuffle(pathsIn(value, []));
  return path === undefined ? value : changedAt(value, path, (old) => ofAnotherType(old, random));
}

function pathsIn(value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => below(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => below(member, [...path, name]));
}

function below(value: unknown, path: Path): readonly Path[] {
  return [path, ...pathsIn(value, path)];
}

function changedAt(value: unknown, [step, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  const next = (member: unknown, at: string | number): unknown => (at === step ? changedAt(member, rest, change) : member);
  if (Array.isArray(value)) return value.map(next);
  return Object.fromEntries(Object.entries(value as object).map(([name, member]) => [name, next(member, name)]));
}

function ofAnotherType(old: unknown, random: Random): unknown {
  const others = [null, true, 17, "text", [], {}].filter((value) => typeOf(value) !== typeOf(old));
  return random.shuffle(others)[0];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is object {
  return typeOf(value) === "object";
}

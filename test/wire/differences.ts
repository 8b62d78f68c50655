/** Names and indexes from the whole of an answer to a part of it. */
export type Place = readonly (string | number)[];

/** What stands where a documented answer has something of another kind. */
export type Damage = "missing" | "null" | "boolean" | "number" | "text" | "list" | "object" | "unreadable";

/** One place at which an answer is not the documented one. */
export interface Difference {
  readonly place: Place;
  /** Absent where it is another value of the same kind, a list of another length, or a further field. */
  readonly damage?: Damage;
}

/** Every difference of an answer's text from the documented answer; none where only the order of fields is another. */
export function differences(documented: unknown, text: string): readonly Difference[] {
  try {
    return between(documented, JSON.parse(text), []);
  } catch {
    return [{ place: [], damage: "unreadable" }];
  }
}

function between(was: unknown, is: unknown, place: Place): readonly Difference[] {
  const kind = kindOf(is);
  if (kindOf(was) !== kind) return [{ place, damage: kind }];
  if (kind !== "object" && kind !== "list") return Object.is(was, is) ? [] : [{ place }];
  const [before, after] = [entriesOf(was), entriesOf(is)];
  if (kind === "list" && before.size !== after.size) return [{ place }];
  const added = [...after.keys()].filter((name) => !before.has(name)).map((name): Difference => ({ place: [...place, name] }));
  const changed = [...before].flatMap(([name, inner]): readonly Difference[] => {
    const inside = [...place, name];
    return after.has(name) ? between(inner, after.get(name), inside) : [{ place: inside, damage: "missing" }];
  });
  return [...changed, ...added];
}

function kindOf(value: unknown): Damage {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const type = typeof value;
  return type === "string" ? "text" : type === "boolean" || type === "number" ? type : "object";
}

function entriesOf(value: unknown): ReadonlyMap<string | number, unknown> {
  return new Map<string | number, unknown>(Array.isArray(value) ? value.entries() : Object.entries(Object(value)));
}

/** The same answer with `value` at `place`. */
export function withValue(answer: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(answer)) return answer.map((item, index) => (index === name ? withValue(item, rest, value) : item));
  const inner = Object(answer)[name];
  return { ...Object(answer), [name]: withValue(inner, rest, value) };
}

import { type Runtime, Session } from "node:inspector";

type Entry = readonly [name: string, value: unknown];

/**
 * Paths under `roots` at which a text, a buffer or a name holds one of `needles`. Every own property counts, enumerable or not, private
 * ones of a class too, and what promises have come to; what only a closure holds does not.
 */
export function findText(roots: Readonly<Record<string, unknown>>, needles: readonly string[]): readonly string[] {
  const seen = new Set<unknown>();
  const holds = (text: string): boolean => needles.some((needle) => text.includes(needle));
  const walk = (inner: unknown, path: string): readonly string[] => {
    if (typeof inner === "string") return holds(inner) ? [path] : [];
    if ((typeof inner !== "object" && typeof inner !== "function") || inner === null || seen.has(inner)) return [];
    seen.add(inner);
    if (ArrayBuffer.isView(inner)) {
      const bytes = Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength);
      return needles.some((needle) => bytes.includes(needle)) ? [path] : [];
    }
    return entriesOf(inner).flatMap(([name, next]) => {
      const at = `${path}.${name}`;
      return [...(holds(name) ? [at] : []), ...walk(next, at)];
    });
  };
  return Object.entries(roots).flatMap(([name, root]) => walk(root, name));
}

function entriesOf(value: object): readonly Entry[] {
  // Newer engines keep the stack behind a getter.
  const stack = value instanceof Error ? value.stack : undefined;
  const own = Reflect.ownKeys(value).map((key): Entry => {
    return [String(key), key === "stack" && stack !== undefined ? stack : Object.getOwnPropertyDescriptor(value, key)?.value];
  });
  const items = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : [];
  return [...own, ...items.map((item, index): Entry => [`<${index}>`, item]), ...(hides(value) ? hidden(value) : [])];
}

const known = new WeakMap<object, boolean>();

/** A promise, or of a class whose text, or that of one above it, has private fields. Asking about all else would take long. */
function hides(value: object): boolean {
  const above: unknown = Object.getPrototypeOf(value);
  if (value instanceof Promise) return true;
  if (typeof above !== "object" || above === null) return false;
  const answer = known.get(above) ?? (/#[a-z]/i.test(String(above.constructor)) || hides(above));
  known.set(above, answer);
  return answer;
}

const session = new Session();
session.connect();

/** Where the engine's inspector, which knows values by numbers, and this file hand them to each other. */
const PLACE = "__lookedAt";

/** What no property of the language shows: private fields, and what a promise has come to. */
function hidden(value: object): readonly Entry[] {
  const { result } = post<Runtime.EvaluateReturnType>("Runtime.evaluate", { expression: given(value), objectGroup: PLACE });
  const { objectId } = result;
  const shown = post<Runtime.GetPropertiesReturnType & { privateProperties?: readonly Property[] }>("Runtime.getProperties", {
    objectId,
    ownProperties: true,
  });
  const results = (shown.internalProperties ?? []).filter(({ name }) => name === "[[PromiseResult]]");
  const found = [...(shown.privateProperties ?? []), ...results].map(({ name, value }): Entry => [name, taken(value)]);
  post("Runtime.releaseObjectGroup", { objectGroup: PLACE });
  return found;
}

interface Property {
  readonly name: string;
  readonly value?: Runtime.RemoteObject;
}

function given(value: object): string {
  Reflect.set(globalThis, PLACE, value);
  return `globalThis.${PLACE}`;
}

function taken(value: Runtime.RemoteObject | undefined): unknown {
  if (value?.objectId === undefined) return value?.value;
  const functionDeclaration = `function () { globalThis.${PLACE} = this; }`;
  post("Runtime.callFunctionOn", { objectId: value.objectId, functionDeclaration });
  return Reflect.get(globalThis, PLACE);
}

/** The inspector of the own process answers before this returns. */
function post<T>(method: string, params: object): T {
  let answer: T | undefined;
  session.post(method, params, (error, result) => {
    if (error !== null) throw error;
    answer = result as T;
  });
  if (answer === undefined) throw new Error(`the inspector did not answer ${method}`);
  return answer;
}

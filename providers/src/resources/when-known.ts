import * as pulumi from "@pulumi/pulumi";

/** The same fields, some of which may come from other resources. */
type Declared<T> = { readonly [Name in keyof T]: pulumi.Input<T[Name]> };

/** Acts at once on plain values, and as soon as they are known on those that come from other resources. @returns what the latter wait for */
export function whenKnown<T extends object>(declared: Declared<T>, act: (known: T) => void): readonly pulumi.Output<void>[] {
  if (!isPlain(declared)) return [pulumi.output(declared).apply((known) => act(known as T))];
  act(declared);
  return [];
}

function isPlain<T extends object>(declared: Declared<T>): declared is Declared<T> & T {
  return Object.values(declared).every((value) => typeof value === "string" || typeof value === "boolean");
}

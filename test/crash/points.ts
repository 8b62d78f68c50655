/**
 * What is done to a key, in the order in which a chain of runs does it. Narrowing ends the handover that widening began. The
 * incident comes inside the overlap of a rotation.
 */
export const PHASES = ["create", "update", "widen", "narrow", "rotate", "retire", "incident", "delete"] as const;
export type Phase = (typeof PHASES)[number];

/** `host`: the provider's process alone dies, and the CLI lives on. `tree`: `pulumi` and everything below it die. */
export const PASSES = ["host", "tree"] as const;
export type Pass = (typeof PASSES)[number];

export const EDGES = ["before", "after"] as const;
export type Edge = (typeof EDGES)[number];

/** What the provider does besides asking an exchange; `answer` is its word to the engine, which then writes state. */
export const DEEDS = ["seal", "publish", "unpublish", "answer"] as const;
export type Deed = (typeof DEEDS)[number];

/** What a run does for one key, in order of its kind: requests of its own, and deeds. */
export interface Trail {
  /** Operations, in the words of the sandbox's log. */
  readonly requests: readonly string[];
  readonly deeds: readonly Deed[];
}

/** Where a run can be killed. */
export type Place =
  /** The `index`-th request about the key's sub-account, or, shared by all keys of a parent, of that operation. */
  | { readonly kind: "request" | "shared"; readonly operation: string; readonly index: number }
  | { readonly kind: "deed"; readonly deed: Exclude<Deed, "answer">; readonly index: number }
  /** Before: the provider was done and had not said so. After: the engine's state says what was done. */
  | { readonly kind: "state" };

export interface Point {
  readonly exchange: string;
  readonly phase: Phase;
  readonly place: Place;
  readonly edge: Edge;
}

/** Every point that a key passes by itself. */
export function pointsOf(exchange: string, phase: Phase, { requests, deeds }: Trail): readonly Point[] {
  const asked = requests.map((operation, index): Place => ({ kind: "request", operation, index }));
  const seen = new Map<Deed, number>();
  const done = deeds.flatMap((deed): readonly Place[] => {
    const index = seen.get(deed) ?? 0;
    seen.set(deed, index + 1);
    return deed === "answer" ? [] : [{ kind: "deed", deed, index }];
  });
  return [...asked, ...done, { kind: "state" } as const].flatMap((place) =>
    EDGES.map((edge) => ({ exchange, phase, place, edge })),
  );
}

/** Every point that the keys of one parent pass together, once in a run: its clock, its own rights. */
export function sharedPoints(exchange: string, phase: Phase, operations: readonly string[]): readonly Point[] {
  return operations.flatMap((operation, at) => {
    const index = operations.slice(0, at).filter((other) => other === operation).length;
    return EDGES.map((edge) => ({ exchange, phase, place: { kind: "shared", operation, index } as const, edge }));
  });
}

/** Such as "bybit rotate: before issue (request 2)". */
export function showPoint({ exchange, phase, place, edge }: Point): string {
  if (place.kind === "state") return `${exchange} ${phase}: ${edge} state is written`;
  if (place.kind === "deed") return `${exchange} ${phase}: ${edge} ${place.deed} ${place.index + 1}`;
  const which = place.kind === "shared" ? "shared request" : "request";
  return `${exchange} ${phase}: ${edge} ${place.operation} (${which} ${place.index + 1})`;
}

import fc from "fast-check";

/** Edits of a declaration. */
export const EDITS = [
  "scopes",
  "addresses",
  "every",
  "overlap",
  "trigger",
  "bot",
  "name",
  "publish",
  "seal",
  "tags",
  "publicKey",
  "deliver",
  "lifetime",
  "exclusive",
] as const;
export type Edit = (typeof EDITS)[number];

/** What people and other programs do to keys, sub-accounts, documents and states. */
export const MISCHIEFS = [
  "widenKey",
  "narrowKey",
  "removeKey",
  "removeStray",
  "plantForeign",
  "plantOurs",
  "fillUp",
  "freeze",
  "disableKey",
  "endKey",
  "disableParent",
  "endParent",
  "takeParentsRight",
  "takeParentsAddress",
  "loseDocument",
  "oldDocument",
  "loseState",
  "oldState",
] as const;
/** `tamper`: somebody who may write the published document edits or spoils it. Only the adversary's stories hold it. */
export type Mischief = (typeof MISCHIEFS)[number] | "tamper";

/** Faults of the wire, by the words of the sandbox, and what they mean there. */
export const FAULTS = [
  "loseAnswer",
  "dropRequest",
  "cutBody",
  "truncate",
  "retype",
  "htmlBefore",
  "htmlAfter",
  "serverError",
  "tooMany",
  "tooManyForLong",
  "late",
  "hang",
  "staleList",
  "doubleList",
  "shuffle",
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Which requests a fault strikes. */
export const TARGETS = ["issue", "list", "set", "revoke", "any"] as const;

/** What happens to one key before one run. `pick` chooses among what there is. */
export type Act =
  | { readonly do: "nothing" }
  | { readonly do: "destroy" }
  | { readonly do: "edit"; readonly what: Edit; readonly pick: number }
  | { readonly do: "byHand"; readonly what: Mischief; readonly pick: number }
  | {
      readonly do: "fault";
      readonly what: FaultKind;
      readonly target: (typeof TARGETS)[number];
      readonly skip: number;
      readonly times: number;
    };

/** One run of the engine for all keys. */
export interface Round {
  /** How much time passes before it. */
  readonly hours: number;
  /** By how many seconds the clock of the machine it runs on is wrong. */
  readonly skew: number;
  readonly refresh: boolean;
  /** The host is killed when the exchanges have seen so many requests of it. */
  readonly killAt: number | null;
}

/** A desk: its runs, and by key what happens before each of them. */
export interface Story {
  readonly rounds: readonly Round[];
  readonly keys: readonly { readonly exchange: number; readonly acts: readonly Act[] }[];
}

/** Runs of one desk, and so acts of one key. */
export const ROUNDS = 20;

const pick = fc.nat({ max: 5 });
const constants = <T extends string>(word: T): fc.Arbitrary<T> => fc.constant(word);

const act: fc.Arbitrary<Act> = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: fc.record({ do: constants("nothing") }) },
  { weight: 10, arbitrary: fc.record({ do: constants("edit"), what: fc.constantFrom(...EDITS), pick }) },
  { weight: 8, arbitrary: fc.record({ do: constants("byHand"), what: fc.constantFrom(...MISCHIEFS), pick }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: constants("fault"),
      what: fc.constantFrom(...FAULTS.filter((kind) => kind !== "hang")),
      target: fc.constantFrom(...TARGETS),
      skip: fc.nat({ max: 3 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: constants("destroy") }) },
);

/** One run of any desk. */
export const round: fc.Arbitrary<Round> = fc.record({
  hours: fc.constantFrom(0, 0, 1, 13, 26, 26, 240, 720),
  skew: fc.constantFrom(0, 0, 60, -60),
  refresh: fc.boolean(),
  killAt: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 }) }),
});

/** A first run that ends when the key is made and nobody has looked at it, and a second one that wants another key. */
const halfMade: fc.Arbitrary<readonly Act[]> = fc.tuple(
  fc.record({
    do: constants("fault"),
    what: fc.constantFrom<FaultKind>("serverError", "truncate", "htmlAfter"),
    target: fc.constant("list" as const),
    skip: fc.constant(1),
    times: fc.constant(3),
  }),
  fc.record({ do: constants("edit"), what: fc.constantFrom<Edit>("seal", "bot"), pick: fc.constant(1) }),
);

const beginning = fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: halfMade });

const acts: fc.Arbitrary<readonly Act[]> = fc
  .tuple(beginning, fc.array(act, { minLength: ROUNDS, maxLength: ROUNDS }))
  .map(([first, then]) => [...first, ...then].slice(0, ROUNDS));

/** Costs a deadline, so one key of a desk takes it, where it is sure to strike: when it is made. */
const HANG: Act = { do: "fault", what: "hang", target: "any", skip: 0, times: 1 };

export function storyOf(keys: number): fc.Arbitrary<Story> {
  const key = fc.record({ exchange: fc.nat({ max: 11 }), acts });
  const all = fc.array(key, { minLength: keys, maxLength: keys });
  return fc.record({
    rounds: fc.array(round, { minLength: ROUNDS, maxLength: ROUNDS }),
    keys: all.map(([first, ...others]) =>
      first === undefined ? [] : [{ ...first, acts: [HANG, ...first.acts.slice(1)] }, ...others],
    ),
  });
}

/** Which of a story's runs go undisturbed, and which of a key's acts are left out. */
export interface Omissions {
  readonly rounds: readonly boolean[];
  readonly acts: readonly boolean[];
}

/** All that can be left out of a story: what shrinks leaves more out. */
export const omissions: fc.Arbitrary<Omissions> = fc.record({ rounds: flags(), acts: flags() });

/** True for what stays. */
function flags(): fc.Arbitrary<boolean[]> {
  return fc.array(fc.boolean(), { minLength: ROUNDS, maxLength: ROUNDS });
}

/** Leaves nothing out. */
export const NOTHING_OMITTED: Omissions = { rounds: Array(ROUNDS).fill(true), acts: Array(ROUNDS).fill(true) };

/** One key of a story, without what is left out. */
export function partOf({ rounds, keys }: Story, index: number, omitted: Omissions): Story {
  const key = keys[index];
  if (key === undefined) throw new Error(`there is no key ${index}`);
  return {
    rounds: rounds.map((one, at) => (omitted.rounds[at] === true ? one : { hours: 0, skew: 0, refresh: false, killAt: null })),
    keys: [{ ...key, acts: key.acts.map((one, at) => (omitted.acts[at] === true ? one : { do: "nothing" as const })) }],
  };
}

/** What a person has to do to see the same. Rounds in which nothing happens are left out. */
export function showStory({ rounds, keys }: Story): string {
  const lines = rounds.flatMap(({ hours, skew, refresh, killAt }, index) => {
    const acts = keys.flatMap(({ acts }, key) => {
      const one = acts[index] ?? { do: "nothing" };
      return one.do === "nothing" ? [] : [`key ${key}: ${showAct(one)}`];
    });
    const around = [
      ...(hours > 0 ? [`${hours} h pass`] : []),
      ...(skew === 0 ? [] : [`our clock is ${skew} s wrong`]),
      ...(refresh ? ["refresh"] : []),
      ...(killAt === null ? [] : [`the host is killed at request ${killAt}`]),
    ];
    const all = [...around, ...acts];
    return all.length === 0 ? [] : [`  run ${index + 1}: ${all.join("; ")}`];
  });
  return lines.join("\n");
}

function showAct(act: Act): string {
  if (act.do === "fault") return `${act.what} on ${act.target}, ${act.times} times after ${act.skip}`;
  return act.do === "edit" || act.do === "byHand" ? `${act.do} ${act.what} ${act.pick}` : act.do;
}

import fc from "fast-check";
import { EDIT_NAMES, SPOIL_NAMES, STAMPINGS, type Stamping } from "./tampering";

/** Genuine texts that somebody may put back. */
export const REPLAYS = ["an old text", "another key's text", "an earlier life's text"] as const;

/** What whoever writes the document does to it, or a person, a disk or a backup to the rest. */
export type Act =
  | { readonly do: "edit"; readonly what: string; readonly stamping: Stamping; readonly pick: number }
  | { readonly do: "restamp"; readonly stamping: Stamping }
  | { readonly do: "spoil"; readonly what: (typeof SPOIL_NAMES)[number] }
  | { readonly do: "replay"; readonly what: (typeof REPLAYS)[number]; readonly pick: number }
  | { readonly do: "removeDocument" }
  | { readonly do: "loseState" }
  | { readonly do: "restoreState"; readonly pick: number }
  | { readonly do: "replaceParent" }
  | { readonly do: "shareStampKey" }
  | { readonly do: "relabel"; readonly pick: number }
  | { readonly do: "labelBack" }
  | { readonly do: "removeWhereConflict" };

/** What the engine is asked for. `change`: of addresses. */
export const RUNS = ["up", "change", "trigger", "incident", "destroy", "refresh"] as const;

/** What happens in the middle of a run, at one of its points. */
export interface During {
  readonly at: number;
  readonly act: Act | { readonly do: "kill" };
}

export interface Round {
  readonly hours: number;
  readonly before: readonly Act[];
  readonly refresh: boolean;
  readonly run: (typeof RUNS)[number];
  readonly during: During | null;
}

export interface Story {
  readonly kind: "plain" | "managed" | "unlabelled";
  readonly delivers: boolean;
  readonly rounds: readonly Round[];
}

/** Runs of a story, before those in which it heals. */
export const ROUNDS = 12;

const constants = <T extends string>(word: T): fc.Arbitrary<T> => fc.constant(word);
const pick = fc.nat({ max: 5 });
const stamping = fc.constantFrom(...STAMPINGS);

const writing: fc.Arbitrary<Act> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ do: constants("edit"), what: fc.constantFrom(...EDIT_NAMES), stamping, pick }) },
  { weight: 1, arbitrary: fc.record({ do: constants("restamp"), stamping: fc.constantFrom("dropped", "strangers") }) },
  { weight: 2, arbitrary: fc.record({ do: constants("spoil"), what: fc.constantFrom(...SPOIL_NAMES) }) },
  { weight: 4, arbitrary: fc.record({ do: constants("replay"), what: fc.constantFrom(...REPLAYS), pick }) },
  { weight: 1, arbitrary: fc.record({ do: constants("removeDocument") }) },
);

const accident: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: constants("loseState") }) },
  { weight: 3, arbitrary: fc.record({ do: constants("restoreState"), pick }) },
  { weight: 2, arbitrary: fc.record({ do: constants("replaceParent") }) },
  { weight: 1, arbitrary: fc.record({ do: constants("shareStampKey") }) },
  { weight: 2, arbitrary: fc.record({ do: constants("relabel"), pick }) },
  { weight: 2, arbitrary: fc.record({ do: constants("labelBack") }) },
  { weight: 5, arbitrary: fc.record({ do: constants("removeWhereConflict") }) },
);

const act = fc.oneof({ weight: 3, arbitrary: writing }, { weight: 1, arbitrary: accident });

const during: fc.Arbitrary<During> = fc.record({
  at: fc.integer({ min: 1, max: 30 }),
  act: fc.oneof({ weight: 2, arbitrary: writing }, { weight: 2, arbitrary: fc.record({ do: constants("kill") }) }),
});

const round: fc.Arbitrary<Round> = fc.record({
  hours: fc.constantFrom(0, 1, 5, 13, 25, 26, 49, 240, 720),
  before: fc.array(act, { maxLength: 3 }),
  refresh: fc.boolean(),
  run: fc.oneof(
    { weight: 4, arbitrary: constants("up") },
    { weight: 5, arbitrary: constants("change") },
    { weight: 3, arbitrary: constants("trigger") },
    { weight: 3, arbitrary: constants("incident") },
    { weight: 1, arbitrary: constants("refresh") },
    { weight: 1, arbitrary: constants("destroy") },
  ),
  during: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: during }),
});

export const stories: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom("plain", "managed", "unlabelled"),
  delivers: fc.boolean(),
  rounds: fc.array(round, { minLength: ROUNDS, maxLength: ROUNDS }),
});

/** The same, where nobody but the deployer writes documents. */
export function withoutWriting(story: Story): Story {
  const isWriting = ({ do: what }: Act | { readonly do: "kill" }): boolean =>
    ["edit", "restamp", "spoil", "replay", "removeDocument"].includes(what);
  const rounds = story.rounds.map((one) => ({
    ...one,
    before: one.before.filter((act) => !isWriting(act)),
    during: one.during !== null && isWriting(one.during.act) ? null : one.during,
  }));
  return { ...story, rounds };
}

/** The kind of an act, as it is counted. */
export function nameOf(act: Act | { readonly do: "kill" }): string {
  return act.do === "edit" || act.do === "spoil" || act.do === "replay" ? `${act.do} ${act.what}` : act.do;
}

/** Every kind of writing. */
export const WRITINGS: readonly string[] = [
  ...EDIT_NAMES.map((what) => `edit ${what}`),
  ...SPOIL_NAMES.map((what) => `spoil ${what}`),
  ...REPLAYS.map((what) => `replay ${what}`),
  "restamp",
  "removeDocument",
];

/** What a person has to do to see the same. */
export function showStory({ kind, delivers, rounds }: Story): string {
  const lines = rounds.map(({ hours, before, refresh, run, during }, index) => {
    const parts = [
      ...(hours > 0 ? [`${hours} h pass`] : []),
      ...before.map(showAct),
      ...(refresh ? ["refresh"] : []),
      run,
      ...(during === null ? [] : [`at point ${during.at}: ${showAct(during.act)}`]),
    ];
    return `  run ${index + 1}: ${parts.join("; ")}`;
  });
  return [`  ${kind}${delivers ? ", delivered" : ""}`, ...lines].join("\n");
}

function showAct(act: Act | { readonly do: "kill" }): string {
  const stamping = "stamping" in act ? `, stamp ${act.stamping}` : "";
  const pick = "pick" in act ? `, ${act.pick}` : "";
  return `${nameOf(act)}${stamping}${pick}`;
}

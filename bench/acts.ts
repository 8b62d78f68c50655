import { changesIn, type Run, type Stack } from "../harness/stack";
import type { StartedSandbox } from "../sandbox/start";

export const ACTS = ["start", "up", "noop", "preview", "refresh", "rotation", "retire", "destroy"] as const;
export type Act = (typeof ACTS)[number];

/** What a desk does with its keys, in this order. They are rotated again at last, so that each has two versions when it is destroyed. */
export const LIFE: readonly Act[] = ["up", "noop", "preview", "refresh", "rotation", "retire", "rotation", "destroy"];

/** What changes nothing, and can be done to a generated state. */
export const QUIET: readonly Act[] = ["preview", "refresh"];

export const TITLES: Readonly<Record<Act, string>> = {
  start: "first preview",
  up: "first up",
  noop: "up without changes",
  preview: "preview without changes",
  refresh: "preview --refresh without changes",
  rotation: "rotation of all",
  retire: "retirement of all old versions",
  destroy: "destroy with two versions each",
};

/** Longer than an overlap. */
const AFTER_OVERLAP = "26h";

/** A stack on which an act is done. */
export interface Subject {
  readonly stack: Stack;
  readonly count: number;
  readonly sandbox: StartedSandbox;
  /** Rewrites the stack's configuration, so that each resource has something to do. */
  readonly pull: () => Promise<void>;
  /** Declares another number of resources. */
  readonly resize: (count: number) => Promise<void>;
  /** Bare resources have no overlap: what a key does after one, they do by the trigger. */
  readonly bare: boolean;
}

/** What one act takes, and how it is seen that it did what it should. */
interface Step {
  readonly before?: (subject: Subject) => Promise<void>;
  readonly args: readonly string[];
  /** Of how many resources the CLI must say that it did this to them: to all keys, and to `more` beside them. */
  readonly expected: { readonly what: string; readonly more: number } | undefined;
}

const UP = ["up", "--yes", "--skip-preview"];

const STEPS: Readonly<Record<Act, Step>> = {
  // The stack itself is a resource too.
  start: { args: ["preview"], expected: { what: "to create", more: 1 } },
  up: { args: UP, expected: { what: "created", more: 1 } },
  noop: { args: [...UP, "--expect-no-changes"], expected: { what: "unchanged", more: 1 } },
  preview: { args: ["preview", "--expect-no-changes"], expected: undefined },
  refresh: { args: ["preview", "--refresh", "--expect-no-changes"], expected: undefined },
  rotation: { before: ({ pull }) => pull(), args: UP, expected: { what: "updated", more: 0 } },
  retire: { before: endOverlap, args: UP, expected: { what: "updated", more: 0 } },
  destroy: { args: ["destroy", "--yes", "--skip-preview"], expected: { what: "deleted", more: 1 } },
};

async function endOverlap({ bare, pull, sandbox }: Subject): Promise<void> {
  if (bare) await pull();
  else await sandbox.control.advance(AFTER_OVERLAP);
}

/** What has to be there for an act, and is not measured. */
export async function prepare(act: Act, subject: Subject): Promise<void> {
  await STEPS[act].before?.(subject);
}

export function argumentsOf(act: Act): readonly string[] {
  return STEPS[act].args;
}

/** @throws Error when a run did not do what the act is: its time would mean nothing */
export function requireDone(act: Act, run: Run, { count, stack }: Subject): void {
  if (run.code !== 0) throw new Error(`${TITLES[act]} of ${stack.options.stack}: ${run.code}\n${run.stdout}\n${run.stderr}`);
  const { expected } = STEPS[act];
  if (expected === undefined) return;
  const found = changesIn(run)[expected.what] ?? 0;
  if (found !== count + expected.more)
    throw new Error(`${TITLES[act]} of ${stack.options.stack}: ${expected.what} ${found} of ${count + expected.more}`);
}

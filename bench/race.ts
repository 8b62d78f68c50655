import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { changesIn, type Run, Stack, type StackOptions } from "../harness/stack";
import { root } from "../scripts/setup/paths";
import { sandboxConfig, writeConfig } from "./sandbox-stack";

export const KINDS = ["bare", "keys"] as const;
export type Kind = (typeof KINDS)[number];

export const ACTS = ["up", "preview", "refresh"] as const;
export type Act = (typeof ACTS)[number];

/** Seconds of one act on all resources of a stack. */
export interface Lap {
  readonly kind: Kind;
  readonly act: Act;
  readonly seconds: number;
}

/** Programs that a stack of the bench can run. */
const PROGRAMS = {
  bare: require.resolve("./programs/bare"),
  keys: require.resolve("./programs/keys"),
  plain: require.resolve("./programs/plain"),
  aws: require.resolve("./programs/aws"),
} as const;
type Program = keyof typeof PROGRAMS;

/** One stack of `count` resources of a kind. */
export interface Course<K extends Program = Kind> extends Pick<StackOptions, "toolchain" | "env"> {
  readonly kind: K;
  readonly count: number;
  /** Folder of the project, the same for both kinds. */
  readonly project: string;
  /** Folder for state and documents, a fresh one for each stack. */
  readonly folder: string;
}

/**
 * A project below the checkout, so that its program finds the installed packages, with the bare provider where a package belongs: its
 * code is then captured as a `require`, as ours is.
 */
export async function makeProject(folder: string): Promise<void> {
  await cp(join(root, "bench", "noop"), join(folder, "node_modules", "exchange-keys-bench-noop"), { recursive: true });
  // Only the kind's own program is loaded: what our package takes to load is part of what keys cost.
  const kind = 'new (require("@pulumi/pulumi").Config)("bench").require("kind")';
  await writeFile(join(folder, "index.ts"), `require(${JSON.stringify(PROGRAMS)}[${kind}]);\n`);
  // The harness looks for checkpoints under this name.
  await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: "exchange-keys", runtime: "nodejs", main: "index.ts" }));
}

const RUNS: Readonly<Record<Act, (stack: Stack) => Promise<Run>>> = {
  up: (stack) => stack.up(),
  preview: (stack) => stack.must("preview", "--expect-no-changes"),
  refresh: (stack) => stack.must("preview", "--refresh", "--expect-no-changes"),
};

/** Each act on every course in turn, so that what else the machine does slows all of them alike. */
export async function race(courses: readonly Course[]): Promise<readonly Lap[]> {
  const stacks = await Promise.all(courses.map(async (course) => ({ course, stack: await openStack(course) })));
  const laps: Lap[] = [];
  for (const act of ACTS) {
    for (const { course, stack } of stacks) laps.push(await lap(act, course, stack));
  }
  return laps;
}

/** A stack without resources yet, with its configuration. */
export async function openStack({ kind, count, project, folder, toolchain, env }: Course<Program>): Promise<Stack> {
  const { config } = await sandboxConfig();
  const shared = Object.entries(config).filter(([name]) => name.startsWith("exchange-keys:"));
  const own = { "bench:kind": kind, "bench:count": count, "bench:folder": folder };
  await writeConfig(join(project, `Pulumi.${kind}.yaml`), { ...Object.fromEntries(shared), ...own });
  const stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: kind, project });
  await stack.init();
  return stack;
}

/** @throws Error when the first `up` does not create everything, or anything is left to do after it */
async function lap(act: Act, { kind, count }: Course, stack: Stack): Promise<Lap> {
  const since = performance.now();
  const run = await RUNS[act](stack);
  const seconds = (performance.now() - since) / 1000;
  const { created } = changesIn(run);
  if (act === "up" && created !== count + 1) throw new Error(`up made ${created} resources instead of ${count + 1}`);
  return { kind, act, seconds };
}

import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { Stack, type StackOptions } from "../harness/stack";
import type { StartedSandbox } from "../sandbox/start";
import { root } from "../scripts/setup/paths";
import { type Act, argumentsOf, prepare, requireDone, type Subject } from "./acts";
import { type Costs, CostWatch } from "./costs";
import { sandboxConfig, writeConfig } from "./sandbox-stack";

export const KINDS = ["bare", "keys"] as const;
export type Kind = (typeof KINDS)[number];

/** One act on all resources of a stack. */
export interface Lap {
  readonly kind: Kind;
  readonly count: number;
  readonly act: Act;
  /** By the clock on the wall. */
  readonly seconds: number;
  /** Absent where the system does not say. */
  readonly costs?: Costs;
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

/** A stack without resources yet, with its configuration. */
export async function openStack(course: Course<Program>): Promise<Stack> {
  const { kind, project, folder, toolchain, env } = course;
  await configure(course, 0);
  const stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: kind, project });
  await stack.init();
  return stack;
}

async function configure({ kind, count, project, folder }: Course<Program>, pulls: number): Promise<void> {
  const { config } = await sandboxConfig();
  const shared = Object.entries(config).filter(([name]) => name.startsWith("exchange-keys:"));
  // One run ends all keys.
  const budget = { "exchange-keys:revocationBudget": count };
  const own = { "bench:kind": kind, "bench:count": count, "bench:folder": folder, "bench:trigger": `pull-${pulls}` };
  await writeConfig(join(project, `Pulumi.${kind}.yaml`), { ...Object.fromEntries(shared), ...budget, ...own });
}

/** Stacks of both kinds, ready for acts. */
export async function openSubjects(courses: readonly Course[], sandbox: StartedSandbox): Promise<readonly Subject[]> {
  return await Promise.all(
    courses.map(async (course) => {
      let pulls = 0;
      const pull = (): Promise<void> => configure(course, ++pulls);
      const resize = (count: number): Promise<void> => configure({ ...course, count }, pulls);
      return { stack: await openStack(course), count: course.count, sandbox, pull, resize, bare: course.kind === "bare" };
    }),
  );
}

/** Each act on every stack in turn, so that what else the machine does slows all of them alike. @param done gets each as it is measured */
export async function race(subjects: readonly Subject[], acts: readonly Act[], done: (lap: Lap) => void): Promise<void> {
  for (const act of acts) {
    for (const subject of subjects) done(await lap(act, subject));
  }
}

/** @throws Error when it does not do to all resources what it should */
async function lap(act: Act, subject: Subject): Promise<Lap> {
  await prepare(act, subject);
  const since = performance.now();
  const running = subject.stack.start(...argumentsOf(act));
  const watch = new CostWatch(running.pid);
  const run = await running.ended;
  const seconds = (performance.now() - since) / 1000;
  const costs = watch.end();
  requireDone(act, run, subject);
  const { bare, count } = subject;
  return { kind: bare ? "bare" : "keys", count, act, seconds, ...(costs === undefined ? {} : { costs }) };
}

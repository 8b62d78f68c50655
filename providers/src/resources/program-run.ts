import * as pulumi from "@pulumi/pulumi";
import { EarlyProblems } from "./early-problems";
import { DeclaredKeys } from "./registry";

/** What one run of a program has declared so far. */
export interface ProgramRun {
  readonly keys: DeclaredKeys;
  readonly problems: EarlyProblems;
}

const runs = new WeakMap<object, ProgramRun>();

/** In place of the engine, where there is none. No resource can be declared there. */
const NOBODY = {};

/**
 * The run that this code belongs to. One process may run several programs, one after another or at once, by Pulumi's Automation API. Each run
 * has a connection of its own to its engine.
 */
export function currentRun(): ProgramRun {
  const engine = pulumi.runtime.getMonitor() ?? NOBODY;
  const known = runs.get(engine);
  if (known !== undefined) return known;
  const run = { keys: new DeclaredKeys(), problems: new EarlyProblems() };
  runs.set(engine, run);
  return run;
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths";

/** File → seconds. */
export type Durations = Readonly<Record<string, number>>;

/** Written by `npm test -- --record-durations`. It decides about the order only: a wrong one costs time and nothing else. */
const path = join(root, "scripts", "test-durations.json");

/** What is not recorded yet may be long: it starts before what is known to be shorter. */
const UNKNOWN_SECONDS = 30;

export function readDurations(): Durations {
  return JSON.parse(readFileSync(path, "utf8")) as Durations;
}

/** Longest first, so that no shard is left alone with a long file at the end. Pure. */
export function longestFirst(files: readonly string[], known: Durations): readonly string[] {
  const expected = (file: string): number => known[file] ?? UNKNOWN_SECONDS;
  return [...files].sort((one, other) => expected(other) - expected(one) || (one < other ? -1 : 1));
}

/** What is known after a run: files that are gone are forgotten. Pure. */
export function merged(known: Durations, measured: Durations, isThere: (file: string) => boolean): Durations {
  const all = Object.entries({ ...known, ...measured }).filter(([file]) => isThere(file));
  return Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function writeDurations(durations: Durations): void {
  writeFileSync(path, `${JSON.stringify(durations, null, 2)}\n`);
}

/** Slowest first. Pure. */
export function durationLines(seconds: Durations): readonly string[] {
  const sorted = Object.entries(seconds).sort(([, one], [, other]) => other - one);
  return sorted.map(([file, took]) => `${took.toFixed(1).padStart(8)} s  ${file}`);
}

import { table as fitted } from "../providers/src/cli/view/table";

/** What the demo shows: numbered steps, facts under them, aligned tables. Everything fits the terminal, and 100 columns. */
export const WIDTH = Math.min(100, process.stdout.columns ?? 100);
const INDENT = "   ";
const started = performance.now();
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A finished step, for the summary. */
export interface FinishedStep {
  readonly title: string;
  readonly took: string;
}

export const finished: FinishedStep[] = [];

/** Runs one step, or fails the demo with its name. */
export async function step<T>(title: string, act: () => Promise<T>): Promise<T> {
  const number = finished.length + 1;
  console.log(`\n${"─".repeat(WIDTH)}\n${number}. ${title}`);
  const since = performance.now();
  const result = await act();
  finished.push({ title, took: seconds(since) });
  return result;
}

export function say(text: string): void {
  console.log(text === "" ? "" : `${INDENT}${text}`);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of fitted(head, rows, WIDTH - INDENT.length).split("\n")) say(line);
}

export function summary(): void {
  console.log(`\n${"═".repeat(WIDTH)}`);
  table(
    ["step", "seen", "took"],
    finished.map(({ title, took }) => [title, "ok", took]),
  );
  console.log(`   everything above was checked; ${seconds(started)} without set-up`);
}

/** The demo stops at the first thing that is not so. */
export function expect(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`not so: ${claim}`);
}

/** What the demo shows: numbered steps, facts under them, aligned tables. */
export const WIDTH = 100;
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
  console.log(`   ${text}`);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  say(line(head));
  say(widths.map((width) => "─".repeat(width)).join("  "));
  for (const row of rows) say(line(row));
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

/** A test or hook that failed. */
export interface Failure {
  readonly title: string;
  /** Error, difference and stack. */
  readonly text: string;
}

/** What a shard says about the file that it runs. */
export type Said =
  | { readonly is: "loaded"; readonly tests: number }
  | { readonly is: "passed" | "skipped" | "ended" | "done" }
  | { readonly is: "failed"; readonly failure: Failure };

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How a file ended. */
export interface FileResult extends Counts {
  readonly file: string;
  readonly ms: number;
  readonly failures: readonly Failure[];
  /** All that was printed while it ran. */
  readonly output: string;
}

/** Counts the tests of one file. What was loaded and never came to its end has failed: behind a hook, or when the process was gone. */
export class Tally {
  #tests = 0;
  #ended = 0;
  #passed = 0;
  #skipped = 0;
  readonly #failures: Failure[] = [];

  take(said: Said): void {
    if (said.is === "loaded") this.#tests = said.tests;
    if (said.is === "ended") this.#ended += 1;
    if (said.is === "passed") this.#passed += 1;
    if (said.is === "skipped") this.#skipped += 1;
    if (said.is === "failed") this.#failures.push(said.failure);
  }

  get failures(): readonly Failure[] {
    const never = this.#neverRan;
    if (never === 0) return this.#failures;
    return [...this.#failures, { title: `${never} ${never === 1 ? "test" : "tests"} of this file did not run`, text: "" }];
  }

  get counts(): Counts {
    return { passed: this.#passed, failed: this.#failures.length + this.#neverRan, skipped: this.#skipped };
  }

  get #neverRan(): number {
    return Math.max(0, this.#tests - this.#ended);
  }
}

export function sum(counts: readonly Counts[]): Counts {
  const total = (which: keyof Counts): number => counts.reduce((so, one) => so + one[which], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

/** The line that machines read. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

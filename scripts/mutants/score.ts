import { relative } from "node:path";

/** What became of one mutant, as far as a report needs it. */
export interface Result {
  readonly id: string;
  readonly fileName: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
  readonly mutatorName: string;
  readonly replacement?: string | undefined;
  readonly status: string;
}

/** What is known of one folder. */
export interface Score {
  readonly mutants: number;
  readonly drawn: number;
  readonly killed: number;
  readonly timedOut: number;
  /** Of those that a test run can judge, in percent. Absent where there is none. */
  readonly score?: number;
  /** `file:line:column mutator: replacement` */
  readonly survivors: readonly string[];
  /** Mutants that could not be run at all. */
  readonly unjudged: readonly string[];
}

/** @param drawn ids that a test run judged */
export function scoreOf(results: readonly Result[], drawn: readonly string[], root: string): Score {
  const judged = results.filter(({ id }) => drawn.includes(id));
  const of = (...statuses: readonly string[]) => judged.filter(({ status }) => statuses.includes(status));
  const name = ({ fileName, location: { start }, mutatorName, replacement = "" }: Result): string =>
    `${relative(root, fileName)}:${start.line + 1}:${start.column + 1} ${mutatorName}: ${replacement.replace(/\s+/g, " ").slice(0, 100)}`;
  const [killed, timedOut, survived] = [of("Killed"), of("Timeout"), of("Survived", "NoCoverage")];
  const seen = killed.length + timedOut.length;
  const all = seen + survived.length;
  return {
    mutants: results.length,
    drawn: judged.length,
    killed: killed.length,
    timedOut: timedOut.length,
    ...(all === 0 ? {} : { score: Math.round((1000 * seen) / all) / 10 }),
    survivors: survived.map(name),
    unjudged: judged.filter((one) => ![...killed, ...timedOut, ...survived].includes(one)).map(name),
  };
}

import type { Source } from "./source";

/** A house rule that a machine can check. */
export interface Rule {
  readonly name: string;
  /** Line numbers of what breaks the rule; 0 stands for the file as a whole. */
  find(source: Source): readonly number[];
  /** Findings that were looked at and accepted: exact number per file. */
  readonly accepted?: Readonly<Record<string, number>>;
}

/** How a rule fared. It passes only when every file has exactly the accepted number of findings. */
export interface Result {
  readonly rule: string;
  readonly expected: number;
  readonly found: number;
  readonly violations: readonly string[];
}

export function apply(rule: Rule, sources: readonly Source[]): Result {
  const accepted = rule.accepted ?? {};
  const findings = sources.map((source) => ({ path: source.path, lines: rule.find(source) }));
  const violations = findings.flatMap(({ path, lines }) => {
    const expected = accepted[path] ?? 0;
    if (lines.length === expected) return [];
    if (lines.length < expected) return [`${path}: ${expected} accepted, only ${lines.length} found; lower the accepted number`];
    return lines.map((line) => (line === 0 ? path : `${path}:${line}`));
  });
  const stale = Object.keys(accepted).filter((path) => !sources.some((source) => source.path === path));
  return {
    rule: rule.name,
    expected: Object.values(accepted).reduce((sum, count) => sum + count, 0),
    found: findings.reduce((sum, { lines }) => sum + lines.length, 0),
    violations: [...violations, ...stale.map((path) => `${path}: accepted, but the file is gone`)],
  };
}

/** The numbers of the lines on which the pattern starts. The pattern needs the flag `g`. */
export function linesMatching(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map((match) => text.slice(0, match.index).split("\n").length);
}

/** Whether a path lies in one of the folders, or is one of the files. */
export function within(path: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
}

import { type Result, within } from "../rule";
import type { Source } from "../source";
import { docPassagesOf } from "./doc-comments";
import {
  type Finding,
  MAX_LINE,
  MAX_SEMICOLONS,
  MAX_WORDS,
  type Measure,
  measureMarkdown,
  measureProse,
  semicolonRate,
  sum,
} from "./measure";

/** How one page, or the doc comments of one file, read. */
export interface Reading {
  readonly path: string;
  readonly measure: Measure;
}

/** How much of what is too hard is let through until somebody rewrites it. These numbers only fall. */
export interface Limits {
  readonly longSentences: number;
  readonly wideLines: number;
  readonly semicolonRate: number;
}

/** Pages that are held to the rules in full. */
export const RULES: Limits = { longSentences: 0, wideLines: 0, semicolonRate: MAX_SEMICOLONS };

/** Every Markdown page. */
export async function readPages(sources: readonly Source[]): Promise<readonly Reading[]> {
  const { passagesOf } = await import("./passages.mjs");
  return sources
    .filter(({ path }) => path.endsWith(".md"))
    .map(({ path, text }) => ({ path, measure: measureMarkdown(text, passagesOf(text)) }));
}

/** The doc comments of each source file in the folders. */
export function readDocComments(sources: readonly Source[], folders: readonly string[]): Promise<readonly Reading[]> {
  const files = sources.filter(({ path }) => path.endsWith(".ts") && within(path, folders));
  return Promise.all(files.map(async (file) => ({ path: file.path, measure: measureProse(await docPassagesOf(file)) })));
}

/** Whether texts of one kind keep within their limits. */
export function judge(kind: string, readings: readonly Reading[], limits: Limits): readonly Result[] {
  const rate = semicolonRate(total(kind, readings).measure);
  const places = (of: (measure: Measure) => readonly Finding[]) =>
    readings.flatMap(({ path, measure }) => of(measure).map(({ line, what }) => `${path}:${line}: ${what}`));
  const atMost = (rule: string, expected: number, found: readonly string[]): Result => ({
    rule: `${kind}: ${rule}`,
    expected,
    found: found.length,
    violations: found.length > expected ? found : [],
  });
  const crowded = readings.filter(({ measure }) => measure.semicolons > 0);
  return [
    atMost(
      `sentences of more than ${MAX_WORDS} words`,
      limits.longSentences,
      places(({ long }) => long),
    ),
    atMost(
      `lines of more than ${MAX_LINE} characters`,
      limits.wideLines,
      places(({ wide }) => wide),
    ),
    {
      rule: `${kind}: semicolons per 100 sentences`,
      expected: limits.semicolonRate,
      found: Math.round(rate * 10) / 10,
      violations: rate > limits.semicolonRate ? crowded.map(({ path, measure }) => `${path}: ${measure.semicolons}`) : [],
    },
  ];
}

/** Several readings as one. */
export function total(path: string, readings: readonly Reading[]): Reading {
  return { path, measure: sum(readings.map(({ measure }) => measure)) };
}

/** The measured numbers, one line for each reading. */
export function renderReadings(readings: readonly Reading[]): string {
  const width = Math.max(...readings.map(({ path }) => path.length));
  const head = ["sentences", `over ${MAX_WORDS} words`, "semicolons", "per 100", "longest line"];
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell, column) => cell.padStart(head[column]?.length ?? 0))].join("  ");
  const rows = readings.map(({ path, measure }) => {
    const { sentences, long, semicolons, longestLine } = measure;
    const cells = [sentences, long.length, semicolons, semicolonRate(measure).toFixed(1), longestLine === 0 ? "" : longestLine];
    return line(path, cells.map(String));
  });
  return [line("text", head), ...rows].join("\n");
}

import { type Result, within } from "../rule";
import type { Source } from "../source";
import { judge, type Limits, type Reading, RULES, readDocComments, readPages, renderReadings, total } from "./rules";

/** Pages that nobody has rewritten yet, and how much of what is too hard they hold. */
const UNFINISHED: Readonly<Record<string, Limits>> = {
  "docs/bench.md": { longSentences: 2, wideLines: 1, semicolonRate: 0 },
};

/** Folders whose doc comments are measured, and how much is let through. Lower a number when you can. */
const COMMENTS: Readonly<Record<string, Limits>> = {
  "providers/src/": RULES,
};

/** How the pages and the doc comments read. */
export interface Language {
  readonly results: readonly Result[];
  /** The measured numbers as a table. */
  readonly numbers: string;
}

/** Judges every page and every doc comment. */
export async function languageOf(sources: readonly Source[], documents: readonly Source[]): Promise<Language> {
  // The reference is written from doc comments, which are measured where they stand.
  const pages = await readPages(documents.filter(({ path }) => !path.startsWith("docs/api/")));
  const finished = pages.filter(({ path }) => !within(path, Object.keys(UNFINISHED)));
  const unfinished = Object.entries(UNFINISHED).map(([path, limits]) => ({
    name: path,
    limits,
    readings: pages.filter((page) => page.path === path),
  }));
  const comments = await Promise.all(
    Object.entries(COMMENTS).map(async ([folder, limits]) => ({
      name: `doc comments of ${folder}`,
      limits,
      readings: await readDocComments(sources, [folder]),
    })),
  );
  const sums: readonly Reading[] = [total("all pages", pages), ...comments.map(({ name, readings }) => total(name, readings))];
  return {
    results: [
      ...judge("pages", finished, RULES),
      ...[...unfinished, ...comments].flatMap(({ name, limits, readings }) => judge(name, readings, limits)),
    ],
    numbers: renderReadings([...pages, ...sums]),
  };
}

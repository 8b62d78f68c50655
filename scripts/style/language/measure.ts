/** A sentence of more words is hard to read. */
export const MAX_WORDS = 25;
/** A Markdown line of more characters is hard to review. */
export const MAX_LINE = 140;
/** A semicolon joins what could be two sentences. */
export const MAX_SEMICOLONS = 2;

/** A paragraph, a list item or a quote. Headings, tables and code blocks are not prose. */
export interface Passage {
  /** Number of the line on which its block starts, from 1. */
  readonly line: number;
  /** One line of text without marks. A code span counts as one word. */
  readonly text: string;
}

/** A place in a file that is harder to read than it may be. */
export interface Finding {
  readonly line: number;
  readonly what: string;
}

/** How a text reads. */
export interface Measure {
  readonly sentences: number;
  readonly semicolons: number;
  /** Characters of the longest line that is no table row. */
  readonly longestLine: number;
  /** Sentences of more than `MAX_WORDS` words. */
  readonly long: readonly Finding[];
  /** Lines of more than `MAX_LINE` characters. */
  readonly wide: readonly Finding[];
}

export const NOTHING: Measure = { sentences: 0, semicolons: 0, longestLine: 0, long: [], wide: [] };

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** What prose holds. */
export function measureProse(passages: readonly Passage[]): Measure {
  const sentences = passages.flatMap(({ line, text }) =>
    [...segmenter.segment(text)].map(({ segment }) => ({ line, text: segment, words: wordsIn(segment) })),
  );
  const long = sentences.filter(({ words }) => words > MAX_WORDS);
  return {
    ...NOTHING,
    sentences: sentences.filter(({ words }) => words > 0).length,
    semicolons: passages.reduce((sum, { text }) => sum + text.split(";").length - 1, 0),
    long: long.map(({ line, text, words }) => ({ line, what: `${words} words: ${text.slice(0, 60)}…` })),
  };
}

/** Prose, and the width of the lines of a Markdown text. */
export function measureMarkdown(text: string, passages: readonly Passage[]): Measure {
  const lines = text.split("\n").map((line, index) => ({ line: index + 1, table: /^\s*\|/.test(line), width: [...line].length }));
  const counted = lines.filter(({ table }) => !table);
  return {
    ...measureProse(passages),
    longestLine: Math.max(0, ...counted.map(({ width }) => width)),
    wide: counted.filter(({ width }) => width > MAX_LINE).map(({ line, width }) => ({ line, what: `${width} characters` })),
  };
}

/** Several texts as one. */
export function sum(measures: readonly Measure[]): Measure {
  return measures.reduce(
    (all, one) => ({
      sentences: all.sentences + one.sentences,
      semicolons: all.semicolons + one.semicolons,
      longestLine: Math.max(all.longestLine, one.longestLine),
      long: [...all.long, ...one.long],
      wide: [...all.wide, ...one.wide],
    }),
    NOTHING,
  );
}

/** Semicolons per 100 sentences. */
export function semicolonRate({ semicolons, sentences }: Measure): number {
  return sentences === 0 ? 0 : (100 * semicolons) / sentences;
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

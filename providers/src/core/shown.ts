/**
 * Characters that a terminal obeys or that nobody sees: control and format characters, separators of lines and paragraphs, unassigned
 * code points. Some reverse or hide text.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text of others as people may see it: what a terminal would obey, or an eye would miss, as `\u001b`. For showing only: comparisons use the
 * text itself. It can be done twice, and to the text of JSON.
 */
export function shown(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** The same for a text of ours that has lines. */
export function shownLines(text: string): string {
  return text.split("\n").map(shown).join("\n");
}

import { shown } from "../../core/shown";

const GAP = "  ";
/** Below this a column is no help. */
const NARROWEST = 24;

/** Columns as wide as their cells, whose text may be of others; the last one is wrapped so that lines keep to `width`. @param width characters; no wrapping without it */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string {
  const cells = rows.map((row) => row.map(shown));
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => (row[column] ?? "").length)));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const room = Math.max(NARROWEST, width - before);
  const lines = (row: readonly string[]): readonly string[] => {
    const [first = "", ...more] = wrap(row[head.length - 1] ?? "", room);
    const start = row.slice(0, head.length - 1).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return [[...start, first].join(GAP), ...more.map((text) => " ".repeat(before) + text)].map((line) => line.trimEnd());
  };
  const rule = widths.map((each, column) => "─".repeat(column === head.length - 1 ? Math.min(each, room) : each)).join(GAP);
  return [...lines(head), rule, ...cells.flatMap(lines)].join("\n");
}

/** Breaks a text between words; a word longer than `room` stays whole, so that it can be copied. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

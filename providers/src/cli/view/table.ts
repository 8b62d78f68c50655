import { shown } from "../../core/shown";

const GAP = "  ";

/** A line of cells, one for each column. */
type Row = readonly string[];

/**
 * Columns as wide as their cells, whose text may be of others. Where a line would be longer than `width`, the widest columns are wrapped
 * between words first. Where that is not enough, the columns go into several tables, each with the first column.
 * @param width characters; without it nothing is wrapped
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY): string {
  const cells = [head, ...rows].map((row) => head.map((_, column) => shown(row[column] ?? "")));
  const blocks = columnGroups(cells, width).map((columns) => cells.map((row) => columns.map((column) => row[column] ?? "")));
  return blocks.map((block) => render(block, width)).join("\n\n");
}

/** Which columns stand together, so that each fits with its longest word. */
function columnGroups(cells: readonly Row[], width: number): readonly (readonly number[])[] {
  const [first = 0, ...others] = widthsOf(cells, longestWord);
  const groups: number[][] = [[0]];
  let used = first;
  for (const [index, least] of others.entries()) {
    const column = index + 1;
    const last = groups.at(-1) ?? [];
    if (used + GAP.length + least > width && last.length > 1) {
      groups.push([0, column]);
      used = first + GAP.length + least;
    } else {
      last.push(column);
      used += GAP.length + least;
    }
  }
  return groups;
}

function render(cells: readonly Row[], width: number): string {
  const widths = fitting(cells, width);
  const lines = (row: Row): readonly string[] => {
    const wrapped = row.map((cell, column) => wrap(cell, widths[column] ?? 0));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) =>
      wrapped
        .map((cell, column) => (cell[line] ?? "").padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    );
  };
  const [head = [], ...rows] = cells;
  return [...lines(head), widths.map((each) => "─".repeat(each)).join(GAP), ...rows.flatMap(lines)].join("\n");
}

/** The columns' own widths, of which the widest give way, but none below its longest word. */
function fitting(cells: readonly Row[], width: number): readonly number[] {
  const least = widthsOf(cells, longestWord);
  const widths = [...widthsOf(cells, ({ length }) => length)];
  const total = (): number => widths.reduce((sum, each) => sum + each, (widths.length - 1) * GAP.length);
  while (total() > width) {
    const loose = widths.map((each, column) => (each > (least[column] ?? 0) ? each : 0));
    const widest = Math.max(...loose);
    if (widest === 0) break;
    widths[loose.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function widthsOf(cells: readonly Row[], measure: (cell: string) => number): readonly number[] {
  return (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => measure(row[column] ?? ""))));
}

function longestWord(text: string): number {
  return Math.max(...text.split(" ").map(({ length }) => length));
}

/** Breaks a text between words. A word longer than `room` stays whole, so that it can be copied. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

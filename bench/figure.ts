/** One thing that is measured, beside what was promised. A figure may not be above its target. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "bytes" | "ratio";
  readonly target: number;
  readonly ok: boolean;
}

/** Ratios are rounded to hundredths, and judged as they are shown. */
export function figure(name: string, unit: Figure["unit"], { value, target }: Pick<Figure, "value" | "target">): Figure {
  const shown = unit === "ratio" ? Math.round(value * 100) / 100 : value;
  return { name, value: shown, unit, target, ok: shown <= target };
}

/** The figures as aligned lines for people. */
export function showFigures(figures: readonly Figure[]): string {
  const head = ["figure", "value", "target", "unit", ""];
  const rows = figures.map(({ name, value, unit, target, ok }) => [name, `${value}`, `≤ ${target}`, unit, ok ? "ok" : "MISSED"]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [head, widths.map((width) => "─".repeat(width)), ...rows].map(line).join("\n");
}

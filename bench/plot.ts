import { ACTS, type Act, TITLES } from "./acts";
import type { Result } from "./results";

const SIZE = { width: 760, height: 420, left: 60, right: 260, top: 30, bottom: 50 } as const;

const CAPTION = "processor time, keys ÷ bare resources, over their number";

/** Told apart without a look at the legend, also by people who see few colours. */
const COLOURS: Readonly<Record<Act, string>> = {
  start: "#000000",
  up: "#0072b2",
  noop: "#56b4e9",
  preview: "#009e73",
  refresh: "#b0a000",
  rotation: "#d55e00",
  retire: "#cc79a7",
  destroy: "#666666",
};

/** Processor time of keys to that of bare resources over their number, as a picture. Pure. */
export function plot(results: readonly Result[]): string {
  const points = results.flatMap(({ act, count, cpu }) => (cpu === undefined ? [] : [{ act, count, ratio: cpu.ratio }]));
  const counts = [...new Set(points.map(({ count }) => count))].sort((one, other) => one - other);
  const most = Math.ceil(Math.max(2, ...points.map(({ ratio }) => ratio)) * 2) / 2;
  const [first = 1, last = 10] = [counts[0], counts.at(-1)];
  const span = Math.log(last / first) || 1;
  const right = SIZE.width - SIZE.right;
  const bottom = SIZE.height - SIZE.bottom;
  const x = (count: number): number => SIZE.left + (Math.log(count / first) / span) * (right - SIZE.left);
  const y = (ratio: number): number => bottom - (ratio / most) * (bottom - SIZE.top);
  const grid = Array.from({ length: most * 2 + 1 }, (_, half) => half / 2).map((ratio) =>
    [
      `<line x1="${SIZE.left}" y1="${at(y(ratio))}" x2="${right}" y2="${at(y(ratio))}" stroke="#dddddd"/>`,
      label([SIZE.left - 10, y(ratio) + 4], ratio.toFixed(1), "end"),
    ].join("\n"),
  );
  const marks = counts.map((count) => label([x(count), bottom + 20], String(count), "middle"));
  const lines = ACTS.filter((act) => points.some((point) => point.act === act)).map((act, index) => {
    const own = points.filter((point) => point.act === act);
    const path = own.map(({ count, ratio }) => `${at(x(count))},${at(y(ratio))}`).join(" ");
    const dots = own.map(
      ({ count, ratio }) => `<circle cx="${at(x(count))}" cy="${at(y(ratio))}" r="3.5" fill="${COLOURS[act]}"/>`,
    );
    const row = SIZE.top + 10 + index * 22;
    return [
      `<polyline points="${path}" fill="none" stroke="${COLOURS[act]}" stroke-width="2"/>`,
      ...dots,
      `<rect x="${right + 24}" y="${row - 9}" width="12" height="12" fill="${COLOURS[act]}"/>`,
      label([right + 44, row + 2], TITLES[act], "start"),
    ].join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="13">`,
    `<title>${CAPTION}</title>`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="white"/>`,
    label([SIZE.left, 18], CAPTION, "start"),
    ...grid,
    ...marks,
    ...lines,
    "</svg>\n",
  ].join("\n");
}

function at(value: number): string {
  return value.toFixed(1);
}

function label([left, top]: readonly [number, number], text: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${at(left)}" y="${at(top)}" text-anchor="${anchor}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
}

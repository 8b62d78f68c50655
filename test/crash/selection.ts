import type { Point } from "./points";

/** At most `count` of each exchange and phase in a slice. */
export function slicesOf(points: readonly Point[], count: number): readonly (readonly Point[])[] {
  const slices: Point[][] = [];
  for (const group of grouped(points)) {
    for (const [index, point] of group.entries()) {
      const at = Math.floor(index / count);
      slices[at] = [...(slices[at] ?? []), point];
    }
  }
  return slices;
}

/** Spread over each group: the same points of an exchange and phase every time, others for another phase. */
export function sampled(points: readonly Point[], count: number): readonly Point[] {
  return grouped(points)
    .flatMap((group, at) => {
      const stride = group.length / Math.min(count, group.length);
      return Array.from(
        { length: Math.min(count, group.length) },
        (_, index) => group[Math.floor(index * stride + (at % stride))],
      );
    })
    .filter((point) => point !== undefined);
}

function grouped(points: readonly Point[]): readonly (readonly Point[])[] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const group = `${point.exchange} ${point.phase}`;
    groups.set(group, [...(groups.get(group) ?? []), point]);
  }
  return [...groups.values()];
}

import { ACTS, type Act, TITLES } from "./acts";
import { PARTS, type Part } from "./costs";
import { type Figure, figure } from "./figure";
import type { Kind, Lap } from "./race";

/** What keys cost beside bare resources in one act. Each number is the middle one of all runs. */
export interface Result {
  readonly act: Act;
  readonly count: number;
  readonly wall: Beside;
  /** Absent where the system does not say. */
  readonly cpu?: Beside;
  readonly parts?: Readonly<Record<Part, Beside>>;
  /** Of the provider's host, in MB. */
  readonly memory?: Beside;
}

/** The same for keys and for bare resources, and the middle of the runs' ratios. */
export interface Beside {
  readonly keys: number;
  readonly bare: number;
  readonly ratio: number;
}

/** What a ratio may be, by act: of processor time, of wall time, and of the host's memory. The same at a thousand where it is not said apart. */
interface Target {
  readonly cpu?: number;
  readonly cpuAtThousand?: number;
  readonly wall?: number;
  readonly memory?: number;
}

const TARGETS: Readonly<Record<Act, Target>> = {
  start: { cpu: 1.2 },
  up: { wall: 1.6, memory: 1.3 },
  noop: { cpu: 1.25 },
  preview: { cpu: 1.25, cpuAtThousand: 1.5 },
  refresh: { cpu: 1.5, cpuAtThousand: 1.7 },
  rotation: { wall: 2.1 },
  retire: {},
  destroy: { cpu: 2.2 },
};

/** One of each act and number of resources. */
export function resultsOf(laps: readonly Lap[]): readonly Result[] {
  const counts = [...new Set(laps.map(({ count }) => count))].sort((one, other) => one - other);
  return counts.flatMap((count) =>
    ACTS.flatMap((act) => {
      const own = laps.filter((lap) => lap.count === count && lap.act === act);
      return own.length === 0 ? [] : [resultOf({ act, count }, own)];
    }),
  );
}

function resultOf(what: Pick<Result, "act" | "count">, laps: readonly Lap[]): Result {
  const of = (value: (lap: Lap) => number | undefined): Beside | undefined => beside(laps, value);
  const wall = of(({ seconds }) => seconds);
  if (wall === undefined) throw new Error(`${what.act} of ${what.count} was not measured on both kinds`);
  const cpu = of(({ costs }) => costs && PARTS.reduce((sum, part) => sum + costs[part].cpu, 0));
  const memory = of(({ costs }) => costs?.host.peak);
  const [cli, program, host] = PARTS.map((part) => of(({ costs }) => costs?.[part].cpu));
  if (cpu === undefined || memory === undefined || cli === undefined || program === undefined || host === undefined)
    return { ...what, wall };
  return { ...what, wall, cpu, memory, parts: { cli, program, host } };
}

function beside(laps: readonly Lap[], value: (lap: Lap) => number | undefined): Beside | undefined {
  const of = (kind: Kind): readonly number[] => laps.filter((lap) => lap.kind === kind).flatMap((lap) => value(lap) ?? []);
  const [keys, bare] = [of("keys"), of("bare")];
  if (keys.length === 0 || keys.length !== bare.length) return undefined;
  const ratios = keys.map((one, run) => ratioOf(one, bare[run] ?? 0));
  return { keys: median(keys), bare: median(bare), ratio: median(ratios) };
}

/** A destroy runs no program: nothing is as much as nothing. */
function ratioOf(keys: number, bare: number): number {
  return keys === bare ? 1 : keys / bare;
}

/** The middle one, or the mean of the middle two: one disturbed run, slow or fast, does not decide. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [lower = 0, upper = lower] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return (lower + upper) / 2;
}

/** Every ratio that something is promised of. */
export function figuresOf(results: readonly Result[]): readonly Figure[] {
  return results.flatMap(({ act, count, cpu, wall, memory }) => {
    const target = TARGETS[act];
    const most = count >= 1000 ? (target.cpuAtThousand ?? target.cpu) : target.cpu;
    const ratios = [
      ["CPU", cpu, most],
      ["wall", wall, target.wall],
      ["memory of the host", memory, target.memory],
    ] as const;
    return ratios.flatMap(([what, found, allowed]) =>
      found === undefined || allowed === undefined
        ? []
        : [figure(`${TITLES[act]}, ${count} keys to ${count} bare, ${what}`, "ratio", { value: found.ratio, target: allowed })],
    );
  });
}

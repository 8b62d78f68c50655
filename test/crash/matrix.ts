import { Chain } from "./chain";
import { killedRun, type Stands } from "./killed-run";
import { PASSES, type Pass, PHASES, type Phase, type Point, showPoint } from "./points";
import { sampled, slicesOf } from "./selection";
import { type Survey, survey } from "./trail";
import { type Harm, Judge, noHarm } from "./verdict";

export interface MatrixOptions {
  /** Ids; all that issue keys when left out. */
  readonly exchanges?: readonly string[];
  readonly passes?: readonly Pass[];
  /** Keys of each exchange that are killed in one run, each at a point of its own. */
  readonly together: number;
  /** Kills only at so many points of each exchange and phase, spread over all, and at shared ones of the first phase; at every one when left out. */
  readonly sample?: number;
  readonly onProgress: (text: string) => void;
}

export interface Matrix extends Harm {
  /** Points that were reached and killed at. */
  readonly points: number;
  /** Points that should have been: of all passes. */
  readonly expected: number;
  /** Exchange → phase → points. */
  readonly byExchange: Readonly<Record<string, Partial<Record<Phase, number>>>>;
  /** Points that no run reached, with their pass. */
  readonly missing: readonly string[];
}

/** Kills runs at every point that an unkilled run passes, and judges what the next `up` makes of it. */
export async function killMatrix(options: MatrixOptions): Promise<Matrix> {
  const { passes = PASSES, onProgress } = options;
  const found = await surveyed(options);
  const own = options.sample === undefined ? found.own : sampled(found.own, options.sample);
  const shared = options.sample === undefined ? found.shared : found.shared.filter(({ phase }) => phase === "create");
  const harm = noHarm();
  const tally = new Tally();
  const task = { ...options, harm, tally };
  for (const pass of passes) {
    const told = (chain: string) => (text: string) => onProgress(`${pass}, ${chain}: ${text}`);
    for (const [index, slice] of slicesOf(own, options.together).entries()) {
      await chainOf(slice, { ...task, pass, onProgress: told(`chain ${index + 1}`) });
    }
    await sharedChain(shared, { ...task, pass, onProgress: told("shared") });
  }
  const { points, byExchange, missing } = tally;
  return { points, ...harm, expected: passes.length * (own.length + shared.length), byExchange, missing };
}

/** True when every point was reached and nothing was lost. */
export function isClean(matrix: Matrix): boolean {
  const { points, expected, orphans, twins, lostSecrets, manualSteps, unavailableMs, problems } = matrix;
  const harms = [orphans, twins, lostSecrets, manualSteps, unavailableMs, problems.length];
  return points > 0 && points === expected && harms.every((count) => count === 0);
}

/** Where runs were killed, and where they should have been. */
class Tally {
  points = 0;
  readonly byExchange: Record<string, Partial<Record<Phase, number>>> = {};
  readonly missing: string[] = [];

  count(points: readonly Point[], missing: readonly Point[], pass: Pass): void {
    for (const { exchange, phase } of points.filter((point) => !missing.includes(point))) {
      const phases = this.byExchange[exchange] ?? {};
      this.byExchange[exchange] = { ...phases, [phase]: (phases[phase] ?? 0) + 1 };
      this.points += 1;
    }
    this.missing.push(...missing.map((point) => `${pass}: ${showPoint(point)}`));
  }
}

async function surveyed({ exchanges, onProgress }: MatrixOptions): Promise<Survey> {
  const chain = await Chain.open(1, exchanges);
  try {
    return await survey(chain, (phase) => onProgress(`unkilled: ${phase}`));
  } finally {
    await chain.close();
  }
}

interface Task extends MatrixOptions {
  readonly pass: Pass;
  readonly harm: Harm;
  readonly tally: Tally;
}

/** Takes keys through all phases; in each, a run is killed with every key at its point. */
async function chainOf(points: readonly Point[], task: Task): Promise<void> {
  const { together, exchanges, pass, harm, tally, onProgress } = task;
  const chain = await Chain.open(together, exchanges);
  try {
    const judge = new Judge(chain, harm, onProgress);
    for (const phase of PHASES) {
      await chain.declare(phase);
      const stands = standsOf(
        chain,
        points.filter((point) => point.phase === phase),
      );
      let missing: readonly Point[] = [];
      // With nobody to wait for, the kill could come before there is a host.
      if (stands.size > 0) {
        await judge.whileServed(async () => {
          missing = await killedRun(chain, stands, pass);
        });
      }
      tally.count([...stands.values()], missing, pass);
      onProgress(`${phase}: killed at ${stands.size - missing.length} of ${stands.size} points`);
      for (const point of missing) onProgress(`not reached: ${showPoint(point)}`);
      await judge.recover(stands.size > 0 ? pass : "host");
      await judge.settle();
    }
    harm.problems.push(...(await chain.journalProblems()));
  } finally {
    await chain.close();
  }
}

/**
 * Points that all keys of a parent pass together come before anything is done for a key: so one run after another is killed there, each must
 * leave everything as it was, and the last is recovered from.
 */
async function sharedChain(points: readonly Point[], task: Task): Promise<void> {
  const { exchanges, pass, harm, tally, onProgress } = task;
  const chain = await Chain.open(1, exchanges);
  try {
    const judge = new Judge(chain, harm, onProgress);
    for (const phase of PHASES.filter((one) => points.some((point) => point.phase === one))) {
      await chain.declare(phase);
      for (const round of slicesOf(
        points.filter((point) => point.phase === phase),
        1,
      )) {
        const stands = standsOf(chain, round);
        const before = await livingKeys(chain);
        let missing: readonly Point[] = [];
        await judge.whileServed(async () => {
          missing = await killedRun(chain, stands, pass);
        });
        tally.count(round, missing, pass);
        if ((await livingKeys(chain)) !== before) harm.problems.push(`${phase}: keys changed before a shared point`);
        if (pass === "tree") await chain.stack.must("cancel", "--yes");
      }
      onProgress(`${phase}: killed at the points that keys share`);
      await judge.recover("host");
      await judge.settle();
      harm.problems.push(...(await chain.journalProblems()));
    }
  } finally {
    await chain.close();
  }
}

/** Everything about living keys but when they were used last. */
async function livingKeys(chain: Chain): Promise<string> {
  return JSON.stringify((await chain.control.keys()).map(({ lastUsedAt: _, ...key }) => key));
}

function standsOf(chain: Chain, points: readonly Point[]): Stands {
  const taken = new Map<string, number>();
  return new Map(
    points.map((point) => {
      const offset = taken.get(point.exchange) ?? 0;
      taken.set(point.exchange, offset + 1);
      const key = chain.keys.filter(({ exchange }) => exchange === point.exchange)[offset];
      if (key === undefined) throw new Error(`no key is left to stand ${showPoint(point)}`);
      return [key, point] as const;
    }),
  );
}

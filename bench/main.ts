import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { parentVariables } from "../harness/parents";
import { type StartedSandbox, startSandbox } from "../sandbox/start";
import { stateFolder } from "../scripts/setup/paths";
import { ensureToolchain, type Toolchain } from "../scripts/setup/toolchain";
import { type Act, LIFE, QUIET } from "./acts";
import type { StoredKey } from "./checkpoint";
import { type Figure, figure, showFigures } from "./figure";
import { generate } from "./generate";
import { KINDS, type Lap, makeProject, openSubjects, race } from "./race";
import { readResults, writeReport } from "./report";
import { figuresOf, median, type Result, resultsOf } from "./results";
import { makeStackFolder, upSandboxStack } from "./sandbox-stack";
import { nameOf, placeOf } from "./spread";
import { raceStarts } from "./start";

/** What `docs/bench.md` promises beside the ratios of acts, and why. */
const TARGETS = { closure: 400, key: 4096, start: 1.5 } as const;

/** The sandbox must not be what is measured: its pace, and ours with it, is a thousand times the documented one. */
const RATE_SCALE = 1000;

/** A start takes seconds, so noise weighs more: this many for each run. */
const STARTS_PER_RUN = 3;

/** Keys of a program whose start is measured. */
const KEYS_AT_START = 4;

const PARTS = ["state", "life", "generated", "start"] as const;

interface Options {
  readonly only: readonly (typeof PARTS)[number][];
  readonly sizes: readonly number[];
  readonly generated: number;
  readonly runs: number;
  readonly report: boolean;
  readonly results?: string;
  readonly before?: string;
  readonly json: boolean;
}

interface Scene {
  readonly toolchain: Toolchain;
  readonly folder: string;
  readonly project: string;
}

type Environment = Readonly<Record<string, string>>;

/** What was measured: ratios of acts, and everything that has a target. */
interface Measured {
  readonly results: readonly Result[];
  readonly figures: readonly Figure[];
}

async function main(): Promise<void> {
  const program = new Command("bench")
    .description("Measures what a key costs in state, and what keys cost in time beside bare resources")
    .option("--sizes <n,n>", "resources of each kind", sizes, [10, 100, 300])
    .option("--generated <n>", "resources of each kind in a state that is generated", whole, 1000)
    .option("--runs <n>", "times to run each; the middle one counts", whole, 3)
    .addOption(new Option("--only <parts...>", "measure only these").choices(PARTS).default(PARTS))
    .option("--report", "write table and plot into docs/", false)
    .option("--results <file>", "report results that --json printed, and measure nothing")
    .option("--before <file>", "results that --json printed on another commit, to report beside these")
    .option("--json", "print results and figures as JSON", false)
    .parse();
  const options = program.opts<Options>();
  const before = options.before === undefined ? [] : await readResults(options.before);
  if (options.results !== undefined) return await writeReport(await readResults(options.results), before);
  const toolchain = await ensureToolchain();
  const folder = join(stateFolder, "bench");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const measured = await measure({ toolchain, folder, project: join(folder, "project") }, options);
  if (options.report) await writeReport(measured.results, before);
  console.log(options.json ? JSON.stringify(measured, null, 2) : showFigures(measured.figures));
  if (!measured.figures.every(({ ok }) => ok)) process.exitCode = 1;
}

async function measure(scene: Scene, { only, sizes, generated, runs }: Options): Promise<Measured> {
  await makeProject(scene.project);
  const stored = only.includes("state")
    ? await withSandbox(scene, async (_, env) => stateFigures(await storedKeys({ ...scene, env })))
    : [];
  const laps: Lap[] = [];
  const course = async (count: number, acts: readonly Act[], times: number): Promise<void> => {
    for (let run = 1; run <= times; run += 1) laps.push(...(await raceOnce(scene, { count, acts, run })));
  };
  if (only.includes("start")) await course(KEYS_AT_START, ["start"], runs * STARTS_PER_RUN);
  if (only.includes("life")) for (const count of sizes) await course(count, LIFE, runs);
  if (only.includes("generated")) await course(generated, QUIET, runs);
  const starts = only.includes("start") ? [await startFigure(scene, runs)] : [];
  const results = resultsOf(laps);
  return { results, figures: [...stored, ...figuresOf(results), ...starts] };
}

/** One time that acts are done. */
interface Leg {
  readonly count: number;
  readonly acts: readonly Act[];
  readonly run: number;
}

/** A sandbox of its own for each stack: empty exchanges, and time as it is. */
async function withSandbox<T>({ folder }: Scene, act: (sandbox: StartedSandbox, env: Environment) => Promise<T>): Promise<T> {
  const dir = join(folder, "sandbox");
  await rm(dir, { recursive: true, force: true });
  const sandbox = await startSandbox({ dir, rateScale: RATE_SCALE });
  try {
    return await act(sandbox, { EXCHANGE_KEYS_SANDBOX: join(dir, "sandbox.json"), ...(await parentVariables(dir)) });
  } finally {
    await sandbox.stop();
  }
}

/** New stacks of both kinds, and each act on them. Those that are not made by an act are generated. */
async function raceOnce(scene: Scene, { count, acts, run }: Leg): Promise<readonly Lap[]> {
  return await withSandbox(scene, async (sandbox, env) => {
    await addSubAccounts(sandbox, count);
    const folder = join(scene.folder, `${acts[0]}-${count}-${run}`);
    const courses = KINDS.map((kind) => ({ ...scene, env, kind, count, folder: join(folder, kind) }));
    const subjects = await openSubjects(courses, sandbox);
    if (acts === QUIET)
      for (const subject of subjects)
        await generate(
          subject,
          Array.from({ length: count }, (_, n) => nameOf(n)),
        );
    const laps: Lap[] = [];
    await race(subjects, acts, (lap) => {
      report(lap);
      laps.push(lap);
    });
    await rm(folder, { recursive: true, force: true });
    return laps;
  });
}

async function startFigure(scene: Scene, runs: number): Promise<Figure> {
  const pairs = await withSandbox(scene, (_, env) => raceStarts({ ...scene, env }, runs * STARTS_PER_RUN));
  const value = median(pairs.map(({ plain, aws }) => aws / plain));
  return figure("program start with AWS to the same program without", "ratio", { value, target: TARGETS.start });
}

async function storedKeys(scene: Scene & { readonly env: Environment }): Promise<readonly StoredKey[]> {
  const folder = await makeStackFolder();
  try {
    return await upSandboxStack(folder, scene);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function addSubAccounts(sandbox: StartedSandbox, keys: number): Promise<void> {
  const places = new Map(Array.from({ length: keys }, (_, index) => placeOf(index)).map((place) => [place.subAccount, place]));
  for (const { exchange, subAccount } of places.values()) await sandbox.control.addSubAccount(exchange, subAccount);
}

function stateFigures(stored: readonly StoredKey[]): readonly Figure[] {
  const largest = (values: readonly number[]): number => Math.max(...values);
  const single = stored.filter(({ versions }) => versions === 1);
  if (single.length === 0 || single.length !== stored.length)
    throw new Error("the sandbox stack does not hold one version of each key");
  return [
    figure("serialised provider", "bytes", {
      value: largest(stored.map(({ closure }) => Buffer.byteLength(closure))),
      target: TARGETS.closure,
    }),
    figure("largest key with one live version in the checkpoint", "bytes", {
      value: largest(single.map(({ bytes }) => bytes)),
      target: TARGETS.key,
    }),
  ];
}

/** Times differ from machine to machine: they are shown apart from the figures. */
function report({ kind, count, act, seconds, costs }: Lap): void {
  const cpu = costs && Object.entries(costs).map(([part, cost]) => `${part} ${cost.cpu.toFixed(1)} s`);
  const shown = cpu === undefined ? "processor time not measured here" : cpu.join(", ");
  console.error(`bench: ${kind} ${String(count).padStart(4)} ${act.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s; ${shown}`);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("must be a whole number above 0");
  return value;
}

function sizes(text: string): readonly number[] {
  return text.split(",").map(whole);
}

main().catch((error: unknown) => {
  console.error(`bench failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

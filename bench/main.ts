import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { parentVariables } from "../harness/parents";
import { type StartedSandbox, startSandbox } from "../sandbox/start";
import { stateFolder } from "../scripts/setup/paths";
import { ensureToolchain, type Toolchain } from "../scripts/setup/toolchain";
import type { StoredKey } from "./checkpoint";
import { type Figure, figure, showFigures } from "./figure";
import { ACTS, type Act, KINDS, type Kind, type Lap, makeProject, race } from "./race";
import { makeStackFolder, upSandboxStack } from "./sandbox-stack";
import { placeOf } from "./spread";
import { raceStarts, startRatio } from "./start";

/** What `docs/bench.md` promises, and why. */
const TARGETS = { closure: 400, key: 4096, up: 4, preview: 2, refresh: 3, start: 1.5 } as const;

const TITLES: Readonly<Record<Act, string>> = {
  up: "first up",
  preview: "preview without changes",
  refresh: "preview --refresh without changes",
};

/** The sandbox must not be what is measured: its pace, and ours with it, is a thousand times the documented one. */
const RATE_SCALE = 1000;

/** A start takes seconds, so noise weighs more: this many pairs for each run. */
const STARTS_PER_RUN = 3;

const PARTS = ["state", "time", "start"] as const;

interface Options {
  readonly only: readonly (typeof PARTS)[number][];
  readonly keys: number;
  readonly runs: number;
  readonly json: boolean;
}

interface Scene {
  readonly toolchain: Toolchain;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

async function main(): Promise<void> {
  const program = new Command("bench")
    .description("Measures what a key costs in state, and what keys cost in time beside bare resources")
    .option("--keys <n>", "resources of each kind", whole, 100)
    .option("--runs <n>", "times to run each; the fastest counts", whole, 2)
    .addOption(new Option("--only <parts...>", "measure only these").choices(PARTS).default(PARTS))
    .option("--json", "print figures as JSON", false)
    .parse();
  const options = program.opts<Options>();
  const toolchain = await ensureToolchain();
  const folder = join(stateFolder, "bench");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: RATE_SCALE });
  try {
    const parents = await parentVariables(join(folder, "sandbox"));
    const env = { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"), ...parents };
    const figures = await measure({ toolchain, env, folder }, sandbox, options);
    console.log(options.json ? JSON.stringify({ figures }, null, 2) : showFigures(figures));
    if (!figures.every(({ ok }) => ok)) process.exitCode = 1;
  } finally {
    await sandbox.stop();
  }
}

async function measure(scene: Scene, sandbox: StartedSandbox, options: Options): Promise<readonly Figure[]> {
  const { only } = options;
  const project = join(scene.folder, "project");
  await makeProject(project);
  return [
    ...(only.includes("state") ? sizes(await storedKeys(scene)) : []),
    ...(only.includes("time") ? await times({ ...scene, project }, sandbox, options) : []),
    ...(only.includes("start") ? [await startFigure({ ...scene, project }, options)] : []),
  ];
}

interface ProjectScene extends Scene {
  readonly project: string;
}

async function times(scene: ProjectScene, sandbox: StartedSandbox, { keys, runs }: Options): Promise<readonly Figure[]> {
  await addSubAccounts(sandbox, keys);
  const laps: Lap[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const courses = KINDS.map((kind) => ({ ...scene, kind, count: keys, folder: join(scene.folder, `${kind}-${run}`) }));
    laps.push(...(await race(courses)));
    await removeAll(sandbox);
  }
  for (const { kind, act, seconds } of laps) report(kind, act, seconds);
  return ACTS.map((act) => timeFigure(laps, act, keys));
}

async function startFigure(scene: ProjectScene, { runs }: Options): Promise<Figure> {
  const pairs = await raceStarts(scene, runs * STARTS_PER_RUN);
  for (const pair of pairs) for (const [kind, seconds] of Object.entries(pair)) report(kind, "start", seconds);
  const value = startRatio(pairs);
  return figure("program start with AWS to the same program without", "ratio", { value, target: TARGETS.start });
}

async function storedKeys(scene: Scene): Promise<readonly StoredKey[]> {
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

/** The next run starts from empty exchanges, without the time of a destroy. */
async function removeAll({ control }: StartedSandbox): Promise<void> {
  for (const { exchange, apiKey } of await control.keys()) await control.removeKey(exchange, apiKey);
}

function sizes(stored: readonly StoredKey[]): readonly Figure[] {
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

function timeFigure(laps: readonly Lap[], act: Act, keys: number): Figure {
  const value = fastest(laps, "keys", act) / fastest(laps, "bare", act);
  return figure(`${TITLES[act]}, ${keys} keys to ${keys} bare resources`, "ratio", { value, target: TARGETS[act] });
}

function fastest(laps: readonly Lap[], kind: Kind, act: Act): number {
  return Math.min(...laps.filter((lap) => lap.kind === kind && lap.act === act).map(({ seconds }) => seconds));
}

/** Times differ from machine to machine: they are shown apart from the figures. */
function report(kind: string, act: string, seconds: number): void {
  console.error(`bench: ${kind.padEnd(5)} ${act.padEnd(7)} ${seconds.toFixed(1)} s`);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("must be a whole number above 0");
  return value;
}

main().catch((error: unknown) => {
  console.error(`bench failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { root } from "../setup/paths";

/** Options of mocha that mean the same for each file by itself, with their short names. Under any other one, mocha runs as one process. */
const SHARED = new Map([
  ["grep", "g"],
  ["fgrep", "f"],
  ["invert", "i"],
  ["timeout", "t"],
  ["slow", "s"],
  ["retries", ""],
  ["forbid-only", ""],
  ["forbid-pending", ""],
  ["full-trace", ""],
]);

/** More would wait for each other: every file starts processes of its own. */
const MOST = 4;
const LEAST = 2;

/** What `npm test` is asked for. */
export interface Asked {
  /** Processes that run tests side by side; 1 is mocha as it is. */
  readonly shards: number;
  readonly skipsTypes: boolean;
  readonly recordsDurations: boolean;
  /** What mocha gets. */
  readonly mocha: readonly string[];
}

/** Takes our own arguments out of those for mocha. Pure. @throws Error for a number of shards that is none */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv, parallelism = availableParallelism()): Asked {
  const own = new Set(["--no-types", "--record-durations"]);
  const at = args.findIndex((arg) => arg === "--shards" || arg.startsWith("--shards="));
  const isSplit = args[at] === "--shards";
  const given = at < 0 ? env.EXCHANGE_KEYS_SHARDS : isSplit ? args[at + 1] : args[at]?.slice("--shards=".length);
  const rest = args.filter((arg, index) => !own.has(arg) && index !== at && !(isSplit && index === at + 1));
  return {
    shards: canShard(rest) ? shardsOf(given, parallelism) : 1,
    skipsTypes: args.includes("--no-types"),
    recordsDurations: args.includes("--record-durations"),
    mocha: rest,
  };
}

function shardsOf(given: string | undefined, parallelism: number): number {
  if (given === undefined || given === "") return Math.max(LEAST, Math.min(MOST, parallelism));
  if (!/^[1-9][0-9]?$/.test(given)) throw new Error(`"${given}" is no number of shards: give one from 1 to 99`);
  return Number(given);
}

function canShard(args: readonly string[]): boolean {
  const names = args.flatMap((arg) => /^--?([^=]+)/.exec(arg)?.[1] ?? []);
  const known = new Set([...SHARED].flat());
  return names.every((name) => known.has(name));
}

/** What mocha makes of arguments and its configuration file. */
interface MochaArguments {
  readonly [name: string]: unknown;
  readonly _: readonly string[];
  readonly require?: readonly string[];
  readonly "node-option"?: readonly string[];
}

/** What every shard gets. */
export interface ShardOptions {
  /** For `new Mocha`. */
  readonly mocha: Readonly<Record<string, unknown>>;
  /** Modules to load first; root hooks of theirs are kept. */
  readonly require: readonly string[];
}

export interface MochaOptions {
  readonly options: ShardOptions;
  /** Those that are named, by their paths in the checkout. None stands for all. */
  readonly files: readonly string[];
  /** Node's, for every process that runs tests. */
  readonly nodeOptions: readonly string[];
}

/** What mocha's own reading of arguments and `.mocharc.json` means for shards. @throws Error for a file that is not there */
export function readMochaOptions(args: readonly string[]): MochaOptions {
  const { loadOptions } = require("mocha/lib/cli/options.cjs") as { loadOptions(args: readonly string[]): MochaArguments };
  const read = loadOptions(args);
  const kept = [...SHARED.keys()].filter((name) => read[name] !== undefined);
  const mocha = Object.fromEntries(kept.map((name) => [camelCase(name), read[name]]));
  const options: ShardOptions = { mocha, require: (read.require ?? []).map((path) => (existsSync(path) ? resolve(path) : path)) };
  return {
    options,
    files: read._.flatMap((pattern) => lookup(pattern)).map((path) => relative(root, resolve(path))),
    nodeOptions: (read["node-option"] ?? []).map((option) => `--${option}`),
  };
}

/** Files that a pattern names. @throws Error when there are none */
function lookup(pattern: string): readonly string[] {
  const mocha = require("mocha/lib/cli/lookup-files.js") as {
    lookupFiles(pattern: string, extensions: readonly string[]): string | readonly string[];
  };
  return [mocha.lookupFiles(pattern, [".test.ts"])].flat();
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

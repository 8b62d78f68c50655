import { Argument, Command, InvalidArgumentError } from "commander";
import { root } from "../setup/paths";
import { FOLDERS } from "./folders";
import { draw } from "./sample";
import { type Score, scoreOf } from "./score";
import { breakFolder, countMutants } from "./stryker";

interface Options {
  readonly sample: number;
  readonly seed: string;
  readonly json: boolean;
}

function countOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 on");
  return value;
}

/** In words, on standard error beside JSON: what one folder took long to tell is not lost when a later one fails. */
function show(
  tell: (line: string) => void,
  folder: string,
  { mutants, drawn, killed, timedOut, score, survivors, unjudged }: Score,
): void {
  const percent = score === undefined ? "no score" : `${score} %`;
  tell(`\n${folder}: ${percent}; ${killed} killed and ${timedOut} timed out of ${drawn} drawn of ${mutants}`);
  for (const survivor of survivors) tell(`  survived  ${survivor}`);
  for (const one of unjudged) tell(`  unjudged  ${one}`);
}

async function run(folders: readonly string[], { sample, seed, json }: Options): Promise<void> {
  const counts: Record<string, number> = {};
  for (const folder of folders) counts[folder] = await countMutants(folder);
  const drawn = draw(counts, sample, seed);
  const scores: Record<string, Score> = {};
  for (const folder of folders) {
    const ids = drawn.filter((mutant) => mutant.folder === folder).map(({ id }) => id);
    if (ids.length === 0) continue;
    const score = scoreOf(await breakFolder(folder, ids, { progress: !json }), ids, root);
    if (score.mutants !== counts[folder])
      throw new Error(`${folder}: ${counts[folder]} mutants were counted, and ${score.mutants} made`);
    scores[folder] = score;
    show(json ? console.error : console.log, folder, score);
  }
  if (json) console.log(JSON.stringify({ seed, sample, folders: scores }, null, 2));
}

const names = Object.keys(FOLDERS);
new Command("mutants")
  .description("breaks single lines on purpose and tells which of them no test sees")
  .addArgument(new Argument("[folder...]", "of providers/src").choices(names).default(names))
  .option("--sample <n>", "how many mutants of all folders together", countOf, 400)
  .option("--seed <text>", "the same seed draws the same mutants of the same code", "1")
  .option("--json", "print one JSON document", false)
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });

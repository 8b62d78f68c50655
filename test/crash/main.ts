import { Command, InvalidArgumentError, Option } from "commander";
import { isClean, killMatrix, type Matrix } from "./matrix";
import { PASSES, type Pass, PHASES } from "./points";

interface Options {
  readonly exchanges?: readonly string[];
  readonly passes: readonly Pass[];
  readonly together: number;
  readonly sample?: number;
  readonly json: boolean;
}

/** Exit codes: 0 nothing was lost, 1 something was, or a point was not reached. */
async function main(): Promise<void> {
  const program = new Command("crash")
    .description(
      "Kills the provider's host, and then the whole of `pulumi`, at every point of a key's life, and looks what is left",
    )
    .option("--exchanges <ids...>", "only these; all that issue keys by default")
    .addOption(new Option("--passes <passes...>", "what is killed").choices(PASSES).default(PASSES))
    .option("--together <n>", "keys of each exchange in one killed run, each at a point of its own", whole, 8)
    .option("--sample <n>", "at most so many points of each exchange and phase, instead of all", whole)
    .option("--json", "print the result as JSON", false)
    .parse();
  const options = program.opts<Options>();
  const started = performance.now();
  const onProgress = (text: string): void => {
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
  };
  const matrix = await killMatrix({ ...options, onProgress });
  console.log(options.json ? JSON.stringify(matrix, null, 2) : show(matrix));
  if (!isClean(matrix)) process.exitCode = 1;
}

function show(matrix: Matrix): string {
  const rows = Object.entries(matrix.byExchange).map(([exchange, counts]) => [
    exchange,
    ...PHASES.map((phase) => counts[phase] ?? 0),
  ]);
  const line = (cells: readonly (string | number)[]): string => cells.map((cell) => String(cell).padStart(14)).join("");
  const { points, expected, orphans, twins, lostSecrets, manualSteps, unavailableMs } = matrix;
  return [
    line(["exchange", ...PHASES]),
    ...rows.map(line),
    `points ${points} of ${expected}, orphans ${orphans}, twins ${twins}, lost secrets ${lostSecrets}, manual steps ${manualSteps}, unavailable ${unavailableMs} ms`,
    ...matrix.missing.map((point) => `not reached: ${point}`),
    ...matrix.problems,
  ].join("\n");
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Not a whole number from 1.");
  return Number(text);
}

main().catch((error: unknown) => {
  console.error(`crash failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

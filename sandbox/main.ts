import { randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { type RunningSandbox, runSandbox } from "./sandbox";

const BANNER = `
################################################################################
#                                                                              #
#   EXCHANGE SANDBOX - NOT A REAL EXCHANGE                                     #
#   Everything here is made up: accounts, keys, balances, orders, even time.   #
#   It listens on 127.0.0.1 only and forgets everything when it ends.          #
#                                                                              #
################################################################################
`;

interface Options {
  readonly dir: string;
  readonly rateScale: number;
  readonly seed: number;
  readonly untilStdinCloses: boolean;
}

async function main(): Promise<void> {
  const program = new Command("sandbox")
    .description("An emulator of crypto exchanges' key management, on loopback")
    .requiredOption("--dir <folder>", "where to write sandbox.json, ca.pem, clock.json and the parents' credentials")
    .option("--rate-scale <n>", "multiply all rate limits", positive, 1)
    .option("--seed <n>", "repeat the orders and spellings of an earlier run", whole, randomInt(1_000_000))
    .option("--until-stdin-closes", "end when standard input ends", false)
    .parse();
  const options = program.opts<Options>();
  console.log(BANNER);
  const running = await runSandbox(options);
  const stop = once(() => end(running));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (options.untilStdinCloses) process.stdin.once("close", stop).resume();
  report(running, options.seed);
}

function report({ folder, content }: RunningSandbox, seed: number): void {
  console.log(`seed     ${seed}`);
  console.log(`control  ${content.control}`);
  for (const [id, url] of Object.entries(content.endpoints)) console.log(`${id.padEnd(8)} ${url}`);
  console.log(`ready    ${folder.sandbox}`);
}

async function end({ folder, close }: RunningSandbox): Promise<void> {
  await rm(folder.sandbox, { force: true });
  await close();
  process.stdin.destroy();
}

function once(act: () => Promise<void>): () => void {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    act().catch(fail);
  };
}

function fail(error: unknown): void {
  console.error(error);
  process.exitCode = 1;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("must be a number above 0");
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("must be a whole number");
  return value;
}

main().catch(fail);

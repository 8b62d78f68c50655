import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parentVariables } from "../harness/parents";
import { Stack } from "../harness/stack";
import type { LoggedRequest } from "../sandbox/request-log";
import { type StartedSandbox, startSandbox } from "../sandbox/start";
import { stateFolder } from "../scripts/setup/paths";
import { ensureToolchain, type Toolchain } from "../scripts/setup/toolchain";
import { type Figure, figure, showFigures } from "./figure";
import { floorOf } from "./pace-floor";
import { type PacedExchange, pacedConfig, pacedExchanges, subAccountsOf } from "./paced-keys";
import { writeConfig } from "./sandbox-stack";

/** A rotation may take so many times what its calls take that cannot be saved. */
const TARGET = 1.25;

interface Options {
  readonly keys: number;
  readonly only: readonly string[];
  readonly json: boolean;
}

interface Scene {
  readonly toolchain: Toolchain;
  readonly folder: string;
  readonly keys: number;
}

/** A rotation of all keys of an exchange. */
interface Rotation {
  /** Of the CLI, from its start to its end. */
  readonly seconds: number;
  readonly requests: readonly LoggedRequest[];
}

async function main(): Promise<void> {
  const exchanges = await pacedExchanges();
  const options = new Command("pace")
    .description(
      "Measures a rotation of all keys of an exchange at its documented pace, beside what its calls take that cannot be saved",
    )
    .option("--keys <n>", "keys of each exchange", whole, 20)
    .option("--only <exchanges...>", "measure only these", [...exchanges.keys()])
    .option("--json", "print figures as JSON", false)
    .parse()
    .opts<Options>();
  const folder = join(stateFolder, "pace");
  await rm(folder, { recursive: true, force: true });
  const toolchain = await ensureToolchain();
  const figures: Figure[] = [];
  for (const name of options.only) {
    const exchange = exchanges.get(name);
    if (exchange === undefined) throw new Error(`no keys are issued on "${name}"`);
    const rotation = await rotate(exchange, { toolchain, folder: join(folder, name), keys: options.keys });
    figures.push(ratio(exchange, rotation, options.keys));
  }
  console.log(options.json ? JSON.stringify({ figures }, null, 2) : showFigures(figures));
  if (!figures.every(({ ok }) => ok)) process.exitCode = 1;
}

/** Issues the keys, then asks for another version of each of them at once. */
async function rotate(exchange: PacedExchange, { toolchain, folder, keys }: Scene): Promise<Rotation> {
  await mkdir(folder, { recursive: true });
  const dir = join(folder, "sandbox");
  const sandbox = await startSandbox({ dir, rateScale: 1 });
  try {
    await addSubAccounts(sandbox, exchange, keys);
    const env = { EXCHANGE_KEYS_SANDBOX: join(dir, "sandbox.json"), ...(await parentVariables(dir)) };
    const configFile = join(folder, "Pulumi.sandbox.yaml");
    const stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: "sandbox", configFile });
    await writeConfig(configFile, await pacedConfig(exchange, { folder, keys }));
    await stack.init();
    await stack.up();
    await writeConfig(configFile, await pacedConfig(exchange, { folder, keys, trigger: "rotated" }));
    await sandbox.control.clearRequests();
    const since = performance.now();
    await stack.up();
    return { seconds: (performance.now() - since) / 1000, requests: await sandbox.control.requests() };
  } finally {
    await sandbox.stop();
  }
}

async function addSubAccounts({ control, files }: StartedSandbox, exchange: PacedExchange, keys: number): Promise<void> {
  const there = new Set(files.subAccounts[exchange.id]);
  for (const subAccount of subAccountsOf(exchange, keys)) {
    if (!there.has(subAccount)) await control.addSubAccount(exchange.id, subAccount);
  }
}

/** Counted from the first request to the last: what engine and program take by themselves is measured elsewhere. */
function ratio(exchange: PacedExchange, { seconds, requests }: Rotation, keys: number): Figure {
  const times = requests.map(({ at }) => Date.parse(at));
  const span = (Math.max(...times) - Math.min(...times)) / 1000;
  const floor = floorOf({ exchange: exchange.id, keys, subAccounts: subAccountsOf(exchange, keys).size });
  const counts = new Map<string, number>();
  for (const { operation, status } of requests) {
    const name = status === 429 ? `${operation} refused` : operation;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const counted = [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
  console.error(
    `pace: ${exchange.id} ${seconds.toFixed(1)} s, at the exchange ${span.toFixed(1)} s of ${floor.toFixed(1)} s: ${counted}`,
  );
  return figure(`rotation of ${keys} keys on ${exchange.id} to its calls that cannot be saved`, "ratio", {
    value: span / floor,
    target: TARGET,
  });
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("must be a whole number above 0");
  return value;
}

main().catch((error: unknown) => {
  console.error(`pace failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});

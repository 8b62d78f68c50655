import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { PythonUnavailable, pythonWith } from "../../scripts/python";
import type { Body, Credential } from "../sandbox/callers";
import { sdk } from "./calls/binance";
import type { Stage } from "./stage";

/** Installing from a package index takes its time, once per machine. */
const FIRST_USE_MS = 600_000;

export interface BinanceOrder extends Credential {
  /** In the words of the SDK. */
  readonly method: string;
  readonly params: object;
}

export interface BinanceAnswer {
  readonly data?: Body;
  /** Where the exchange's answer is not as the SDK's models say. */
  readonly complaints?: readonly string[];
  /** The name of the SDK's error, and the exchange's code as it reads it. */
  readonly error?: string;
  readonly code?: number;
}

/** The SDK in a process of its own: it is written in Python. */
export interface BinanceSdk {
  /** One at a time. */
  call(order: BinanceOrder): Promise<BinanceAnswer>;
  stop(): Promise<void>;
}

/** Where this machine has no Python the tests are skipped with the reason, or fail in continuous integration. */
export async function binanceSdk(context: Mocha.Context, stage: Stage): Promise<BinanceSdk> {
  context.timeout(FIRST_USE_MS);
  try {
    const python = await pythonWith({ name: sdk.name, version: sdk.version, size: 75 });
    return start(python, stage);
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env.CI === "true") throw error;
    console.warn(`\n  SKIPPED, the sandbox was not held to ${sdk.name}: ${error.message}\n`);
    return context.skip();
  }
}

/** Nothing of our environment, such as a proxy, gets in. */
function start(python: string, { ca, endpoint }: Stage): BinanceSdk {
  const env = { REQUESTS_CA_BUNDLE: ca, SANDBOX_ENDPOINT: endpoint };
  const child = spawn(python, ["-I", join(__dirname, "binance_child.py")], { stdio: ["pipe", "pipe", "inherit"], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    call: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the SDK's process ended; see its error output");
      return JSON.parse(value);
    },
    stop: () => stop(child),
  };
}

/** It ends with its standard input. */
async function stop(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.stdin.end();
  await ended;
}

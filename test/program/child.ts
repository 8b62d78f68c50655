/** Runs one program against mocks, in a process of its own: which keys a program has declared is remembered for a process. */
import { readFileSync, writeSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** What a test asks for. */
export interface Order {
  /** Path of the program. */
  readonly program: string;
  readonly config: Readonly<Record<string, string>>;
  readonly preview: boolean;
}

/** A resource as the engine would be asked for it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What the program did. */
export interface Report {
  readonly registered: readonly Registration[];
  readonly outputs: unknown;
  /** The first failure's text, and whether the CLI would show it without a stack. */
  readonly failure?: { readonly message: string; readonly plain: boolean };
}

const order: Order = JSON.parse(readFileSync(0, "utf8"));
const registered: Registration[] = [];
let failure: Report["failure"];

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  failure ??= { message, plain: error instanceof pulumi.RunError };
}

async function run(): Promise<void> {
  process.on("unhandledRejection", fail);
  // The CLI's host ends a program at its first uncaught error.
  process.on("uncaughtException", (error) => {
    fail(error);
    report(undefined);
    process.exit();
  });
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      // A preview knows no output of a resource that does not exist yet.
      return { id: order.preview ? undefined : name, state: order.preview ? {} : inputs };
    },
    call: ({ inputs }) => inputs,
  };
  await pulumi.runtime.setMocks(mocks, "exchange-keys", "sandbox", order.preview);
  pulumi.runtime.setAllConfig({ ...order.config });
  const outputs = await runProgram().catch(fail);
  await pulumi.runtime.disconnect().catch(fail);
  // Rejections are reported after the turn in which they happened.
  await new Promise((resolve) => setImmediate(resolve));
  report(outputs);
}

function report(outputs: unknown): void {
  const done: Report = { registered, outputs, ...(failure === undefined ? {} : { failure }) };
  writeSync(1, JSON.stringify(done));
}

async function runProgram(): Promise<unknown> {
  const program = await import(order.program);
  return await new Promise((resolve) => pulumi.output({ ...program.apiKeys, ...program.adoptedKeys }).apply(resolve));
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { format } from "node:util";
import Mocha, { type MochaOptions, type Runner, reporters, type Test } from "mocha";
import type { ShardOptions } from "./options";
import type { Said } from "./tally";

/** What a shard is asked for: one file after the other, each when the one before is done. */
export interface Order {
  readonly file: string;
  readonly options: ShardOptions;
}

function say(said: Said): void {
  process.send?.(said);
}

/** Prints as the spec reporter does, but for its sums, and says what happens. */
class ShardReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    // Before that, `--grep` has left nothing out.
    runner.once("start", () => say({ is: "loaded", tests: runner.total }));
    runner.on("pass", () => say({ is: "passed" }));
    runner.on("pending", () => say({ is: "skipped" }));
    runner.on("test end", () => say({ is: "ended" }));
    runner.on("fail", (test) => say({ is: "failed", failure: { title: test.titlePath().join(" > "), text: shown(test) } }));
  }

  override epilogue(): void {
    // Sums are printed for all files together.
  }
}

/** A failure as mocha prints it, without its number and title. */
function shown(test: Test): string {
  const { consoleLog } = reporters.Base;
  const lines: string[] = [];
  reporters.Base.consoleLog = (...values) => void lines.push(format(...values));
  try {
    reporters.Base.list([test]);
  } finally {
    reporters.Base.consoleLog = consoleLog;
  }
  // The title takes a line for each suite, and ends with a colon.
  return lines.join("\n").replace(/^[\s\S]*?:\n/, "");
}

type RootHooks = NonNullable<MochaOptions["rootHooks"]>;

async function rootHooksOf(modules: readonly string[]): Promise<RootHooks> {
  const found: RootHooks[] = [];
  for (const path of modules) found.push(((await import(path)) as { readonly mochaHooks?: RootHooks }).mochaHooks ?? {});
  const all = (name: keyof RootHooks) => found.flatMap((hooks) => hooks[name] ?? []);
  return Object.fromEntries(
    ["beforeAll", "beforeEach", "afterEach", "afterAll"].map((name) => [name, all(name as keyof RootHooks)]),
  );
}

async function run({ file, options }: Order): Promise<void> {
  const rootHooks = await rootHooksOf(options.require);
  const mocha = new Mocha({ ...options.mocha, rootHooks, reporter: ShardReporter }).addFile(file);
  await mocha.loadFilesAsync();
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
  mocha.dispose();
}

async function obey(order: Order): Promise<void> {
  try {
    await run(order);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({ is: "failed", failure: { title: "the file cannot be loaded", text } });
  }
  say({ is: "done" });
}

process.on("message", (order: Order) => void obey(order));
// Nobody is left to hand out files. What tests have to end by themselves hears of the exit.
process.once("disconnect", () => process.exit());

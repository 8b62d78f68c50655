import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths";
import type { ShardOptions } from "./options";
import { type FileResult, type Said, Tally } from "./tally";
import type { Order } from "./worker";

export interface ShardSettings {
  readonly options: ShardOptions;
  readonly nodeOptions: readonly string[];
  /** Where the shard's output goes, each in a file of its own. */
  readonly folder: string;
}

/** A process that runs one file of tests after the other. One that ends before its time fails the file, and is replaced for the next one. */
export class Shard {
  #child: ChildProcess | undefined;
  #printed = 0;

  constructor(
    private readonly name: string,
    private readonly settings: ShardSettings,
  ) {}

  async run(file: string): Promise<FileResult> {
    const start = performance.now();
    const tally = new Tally();
    const child = this.#child ?? this.#start();
    const crash = await this.#played(child, { file: join(root, file), options: this.settings.options }, tally);
    if (crash !== undefined) {
      this.#child = undefined;
      tally.take({
        is: "failed",
        failure: { title: "the process that ran this file", text: `     ended by itself, with ${crash}` },
      });
    }
    return { file, ms: performance.now() - start, ...tally.counts, failures: tally.failures, output: this.#output() };
  }

  /** @returns with what the process ended, where it was not by our word */
  async end(): Promise<string | undefined> {
    const child = this.#child;
    if (child === undefined) return undefined;
    const gone = ending(child);
    if (child.connected) child.disconnect();
    const how = await gone;
    return how === "code 0" ? undefined : `${how}\n${this.#output()}`;
  }

  #start(): ChildProcess {
    // A file and no pipe: what a process wrote before it ended is all there, in order, and no one has to read along.
    const log = openSync(this.#log, "a");
    const child = fork(join(__dirname, "worker.ts"), [], {
      cwd: root,
      execArgv: [...this.settings.nodeOptions],
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#child = child;
    return child;
  }

  /** @returns with what the process ended, where it ended before it was done */
  async #played(child: ChildProcess, order: Order, tally: Tally): Promise<string | undefined> {
    const stopped = new AbortController();
    const gone = ending(child);
    const done = new Promise<undefined>((resolve) => {
      const hear = (said: Said): void => {
        tally.take(said);
        if (said.is === "done") resolve(undefined);
      };
      child.on("message", hear);
      stopped.signal.addEventListener("abort", () => child.removeListener("message", hear));
    });
    // A process that is gone already says so by its end.
    if (child.connected) child.send(order, () => {});
    const crash = await Promise.race([done, gone]);
    stopped.abort();
    return crash;
  }

  get #log(): string {
    return join(this.settings.folder, `${this.name}.log`);
  }

  /** What was printed since it was asked for last. */
  #output(): string {
    const all = readFileSync(this.#log);
    const text = all.subarray(this.#printed).toString();
    this.#printed = all.length;
    return text;
  }
}

/** How a process ended, once all that it said has come through. */
async function ending(child: ChildProcess): Promise<string> {
  const exit = child.exitCode ?? child.signalCode;
  const [code, signal] = exit === null ? await once(child, "exit") : [child.exitCode, child.signalCode];
  if (child.connected) await once(child, "disconnect");
  return signal === null ? `code ${code}` : `signal ${signal}`;
}

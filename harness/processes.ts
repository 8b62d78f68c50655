import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Short-lived children are seen too, if they live as long. */
const LOOK_MS = 10;

/** Whether the system tells of other processes what they were started with. */
export const CAN_WATCH_PROCESSES = process.platform === "linux";

/** What to keep of the processes of a run. */
export interface ProcessRecord {
  /** Where the files are written: `<number>.environment` and `<number>.arguments`, a line for each variable and argument. */
  readonly folder: string;
  /** Names of variables that are not kept: those that hold a secret by declaration. An argument that looks like one of them is. */
  readonly declared: ReadonlySet<string>;
}

/**
 * Keeps environment and command line of a process and of everything below it, for as long as it is watched. What was seen below it once is
 * watched on when its parent has ended.
 */
export class ProcessWatch {
  readonly #stop = new AbortController();
  readonly #ours: Set<number>;
  readonly #seen = new Set<string>();
  readonly #watching: Promise<void>;

  constructor(
    pid: number,
    private readonly record: ProcessRecord,
  ) {
    this.#ours = new Set([pid]);
    this.#watching = this.#watch();
  }

  /** @returns how many different environments and command lines there were */
  async end(): Promise<number> {
    this.#stop.abort();
    await this.#watching;
    return this.#seen.size;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const all = await parents();
      for (const pid of [...this.#ours].flatMap((ours) => below(ours, all))) this.#ours.add(pid);
      for (const pid of this.#ours) {
        await this.#keep(pid, "environ");
        await this.#keep(pid, "cmdline");
      }
      await sleep(LOOK_MS);
    }
  }

  async #keep(pid: number, what: "environ" | "cmdline"): Promise<void> {
    // It may have ended meanwhile.
    const text = await readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
    const lines = text.split("\0");
    const kept = (what === "environ" ? lines.filter((line) => !this.#isDeclared(line)) : lines).join("\n");
    if (kept === "" || this.#seen.has(kept)) return;
    this.#seen.add(kept);
    const kind = what === "environ" ? "environment" : "arguments";
    await writeFile(join(this.record.folder, `${pid}-${this.#seen.size}.${kind}`), kept);
  }

  #isDeclared(variable: string): boolean {
    return this.record.declared.has(variable.slice(0, variable.indexOf("=")));
  }
}

/** Process → its parent, of all there are. */
async function parents(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const pairs = pids.map(async (pid) => {
    const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The name of the program, in brackets, may hold anything; the parent is the second field after it.
    const parent = status.slice(status.lastIndexOf(")") + 2).split(" ")[1];
    return [Number(pid), Number(parent)] as const;
  });
  return new Map(await Promise.all(pairs));
}

function below(pid: number, all: ReadonlyMap<number, number>): readonly number[] {
  const children = [...all].filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...below(child, all)]);
}

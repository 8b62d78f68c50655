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
  /** Names of variables whose values are not kept: those that hold a secret by declaration. */
  readonly declared: ReadonlySet<string>;
}

/** Keeps environment and command line of a process and of everything below it, for as long as it runs. */
export class ProcessWatch {
  readonly #stop = new AbortController();
  readonly #seen = new Set<string>();
  readonly #watching: Promise<void>;

  constructor(
    private readonly pid: number,
    private readonly record: ProcessRecord,
  ) {
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
      for (const pid of [this.pid, ...below(this.pid, await parents())]) {
        await this.#keep(pid, "environ");
        await this.#keep(pid, "cmdline");
      }
      await sleep(LOOK_MS);
    }
  }

  async #keep(pid: number, what: "environ" | "cmdline"): Promise<void> {
    // It may have ended meanwhile.
    const text = await readFile(`/proc/${pid}/${what}`, "utf8").catch(() => "");
    const lines = text.split("\0").filter((line) => !this.record.declared.has(line.slice(0, line.indexOf("="))));
    const kept = lines.join("\n");
    if (kept === "" || this.#seen.has(kept)) return;
    this.#seen.add(kept);
    const kind = what === "environ" ? "environment" : "arguments";
    await writeFile(join(this.record.folder, `${pid}-${this.#seen.size}.${kind}`), kept);
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

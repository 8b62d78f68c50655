import { readdirSync, readFileSync } from "node:fs";
import { setInterval } from "node:timers";

/** The processes of one run of the CLI: itself with its language host, the program, and the host of dynamic providers. */
export const PARTS = ["cli", "program", "host"] as const;
export type Part = (typeof PARTS)[number];

/** What the processes of a part took. */
export interface PartCost {
  /** Processor time, user and system, in seconds. */
  readonly cpu: number;
  /** The largest resident set of one of its processes, in MB. */
  readonly peak: number;
}

export type Costs = Readonly<Record<Part, PartCost>>;

/** Whether the system says what a process has used. Elsewhere only wall time is measured. */
export const CAN_MEASURE_CPU = process.platform === "linux";

/** A process is read this often. What it does between the last look and its end is missed. */
const LOOK_MS = 25;

/** New processes are looked for once in so many looks: what they used until then is read with the first look. */
const LOOKS_PER_SEARCH = 4;

/** The kernel shows processor time in hundredths of a second, whatever its own tick is. */
const TICKS_PER_SECOND = 100;

interface Used {
  part: Part;
  ticks: number;
  peakKb: number;
}

/** Follows a process and everything below it for as long as it is watched. */
export class CostWatch {
  readonly #used = new Map<number, Used>();
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  constructor(pid: number) {
    this.#used.set(pid, { part: "cli", ticks: 0, peakKb: 0 });
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    if (!CAN_MEASURE_CPU) clearInterval(this.#timer);
  }

  /** @returns undefined where the system does not say */
  end(): Costs | undefined {
    clearInterval(this.#timer);
    if (!CAN_MEASURE_CPU) return undefined;
    const all = [...this.#used.values()];
    const cost = (part: Part): PartCost => {
      const own = all.filter((one) => one.part === part);
      const ticks = own.reduce((sum, one) => sum + one.ticks, 0);
      return { cpu: ticks / TICKS_PER_SECOND, peak: Math.max(0, ...own.map(({ peakKb }) => peakKb)) / 1024 };
    };
    return { cli: cost("cli"), program: cost("program"), host: cost("host") };
  }

  #look(): void {
    if (this.#looks++ % LOOKS_PER_SEARCH === 0) this.#search();
    for (const [pid, used] of this.#used) {
      const stat = statOf(pid);
      if (stat !== undefined) used.ticks = stat.ticks;
    }
  }

  #search(): void {
    const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
    // A parent has a smaller number than its children, but for when numbers start again.
    for (const pid of pids.map(Number).sort((one, other) => one - other)) {
      const parent = statOf(pid)?.parent;
      if (!this.#used.has(pid) && parent !== undefined && this.#used.has(parent)) {
        this.#used.set(pid, { part: "cli", ticks: 0, peakKb: 0 });
      }
    }
    for (const [pid, used] of this.#used) {
      // What it runs may change after its start.
      used.part = partOf(read(`/proc/${pid}/cmdline`)) ?? used.part;
      used.peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? used.peakKb);
    }
  }
}

function partOf(commandLine: string): Part | undefined {
  if (!/^[^\0]*node\0/.test(commandLine)) return undefined;
  if (/cmd\/dynamic-provider/.test(commandLine)) return "host";
  return /cmd\/run/.test(commandLine) ? "program" : undefined;
}

function statOf(pid: number): { readonly parent: number; readonly ticks: number } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === "") return undefined;
  // The name of the program, in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** Empty for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

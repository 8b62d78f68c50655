import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamicHost } from "../../harness/dynamic-host";
import { journalProblems } from "../../harness/journal-problems";
import { parentVariables } from "../../harness/parents";
import type { ControlClient } from "../../sandbox/control-client";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { keyLike, type Model, readTemplate } from "../crash/declared";
import { OWNER, Subject } from "./subject";

/** The pace of calls is not what this is about, and a breaker that has opened rests for as little. */
const RATE_SCALE = 1000;

interface Parts {
  readonly folder: string;
  readonly sandbox: StartedSandbox;
  readonly subjects: readonly Subject[];
  readonly config: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface DeskOptions {
  /** For each key the number of its exchange, of those that issue keys: counted around. */
  readonly exchanges: readonly number[];
  readonly seed: number;
  /** Added to the environment of hosts. */
  readonly env?: Readonly<Record<string, string>>;
  /** True when each key has an account, and so a circuit breaker, of its own: one key's faults are then not the others'. @default false */
  readonly apart?: boolean;
}

/** Keys on the exchanges of one sandbox, each in a sub-account of its own, managed by the provider in its real host. */
export class HostDesk {
  /** The host of the next run, which comes up while the one before works. */
  #next: Promise<PromiseSettledResult<DynamicHost>> | undefined;
  #printed = "";

  private constructor(private readonly parts: Parts) {}

  static async open({ exchanges, seed, env = {}, apart = false }: DeskOptions): Promise<HostDesk> {
    const { models, config } = await readTemplate();
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-host-"));
    await mkdir(join(folder, "documents"));
    const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: RATE_SCALE, seed });
    const keys = exchanges.map((number, offset) => keyLike(models[number % models.length] as Model, offset));
    for (const { exchange, subAccount } of keys) {
      const there = sandbox.files.subAccounts[exchange]?.includes(subAccount) ?? false;
      if (!there) await sandbox.control.addSubAccount(exchange, subAccount);
    }
    const subjects = keys.map((key) => new Subject(key, folder));
    const shared = config["exchange-keys:accounts"] as Readonly<Record<string, object>>;
    const own = Object.fromEntries(keys.map(({ name, model }) => [name, shared[model.key.account]]));
    if (apart) for (const subject of subjects) subject.declared = { ...subject.declared, account: subject.key.name };
    return new HostDesk({
      folder,
      sandbox,
      subjects,
      config: {
        "exchange-keys:environment": "sandbox",
        "exchange-keys:owner": OWNER,
        "exchange-keys:accounts": JSON.stringify(apart ? own : shared),
        "exchange-keys:revocationBudget": "100000",
        "exchange-keys:journal": JSON.stringify({ folder: join(folder, "journal") }),
      },
      env: {
        EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox.json"),
        EXCHANGE_KEYS_STEPS: join(folder, "steps"),
        ...(await parentVariables(join(folder, "sandbox"))),
        ...env,
      },
    });
  }

  get subjects(): readonly Subject[] {
    return this.parts.subjects;
  }

  get sandbox(): StartedSandbox {
    return this.parts.sandbox;
  }

  get control(): ControlClient {
    return this.parts.sandbox.control;
  }

  /** All that hosts have printed. */
  get printed(): string {
    return this.#printed;
  }

  /** What is wrong with the journal of all runs so far. */
  async journalProblems(): Promise<readonly string[]> {
    return await journalProblems(join(this.parts.folder, "journal"));
  }

  /** Kinds of the planner's steps so far. */
  async steps(): Promise<ReadonlySet<string>> {
    const text = await readFile(join(this.parts.folder, "steps"), "utf8");
    return new Set(text.split("\n").filter((line) => line !== ""));
  }

  /**
   * One run: a host of its own, for as long as `act` takes.
   * @param skew by how many seconds the clock of the machine it runs on is wrong
   */
  async run<T>(skew: number, act: (host: DynamicHost) => Promise<T>): Promise<T> {
    await this.#skew(skew);
    const host = started(await (this.#next ?? settled(this.#start())));
    this.#next = settled(this.#start());
    try {
      return await act(host);
    } finally {
      this.#printed += host.printed;
      await host.stop();
    }
  }

  async close(): Promise<void> {
    if (this.#next !== undefined) await started(await this.#next).stop();
    await this.sandbox.stop();
    await rm(this.parts.folder, { recursive: true });
  }

  #start(): Promise<DynamicHost> {
    const { env, config } = this.parts;
    return DynamicHost.start({ env, config, preload: [join(__dirname, "steps-preload.cjs")] });
  }

  /** The provider reads its clock from here, everybody else from the sandbox's own. */
  async #skew(seconds: number): Promise<void> {
    const { folder, sandbox } = this.parts;
    const { offsetMs } = await sandbox.control.clock();
    const clock = join(folder, "clock.json");
    await writeFile(clock, JSON.stringify({ offsetMs: offsetMs + seconds * 1000 }));
    await writeFile(join(folder, "sandbox.json"), JSON.stringify({ ...sandbox.files, clock }), { mode: 0o600 });
  }
}

/** Whoever takes it sees why it did not come up, and not before. */
async function settled(starting: Promise<DynamicHost>): Promise<PromiseSettledResult<DynamicHost>> {
  const [result] = await Promise.allSettled([starting]);
  return result;
}

function started(result: PromiseSettledResult<DynamicHost>): DynamicHost {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

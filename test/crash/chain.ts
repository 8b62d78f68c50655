import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Bot, Desk, readBots } from "../../harness/desk";
import { journalProblems } from "../../harness/journal-problems";
import { parentVariables } from "../../harness/parents";
import { Stack } from "../../harness/stack";
import type { ControlClient } from "../../sandbox/control-client";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { addressIn, type ChainKey, declarationOf, type Ground, keyLike, readTemplate } from "./declared";
import { Gate } from "./gate";
import type { Phase } from "./points";

/** Far more than keys: none may wait for another that is held. */
const PARALLEL = "500";

/** The pace of calls is not what this is about. */
const RATE_SCALE = 1000;

interface Parts {
  readonly ground: Ground;
  readonly keys: readonly ChainKey[];
  readonly sandbox: StartedSandbox;
  readonly gate: Gate;
  readonly stack: Stack;
}

/** Some keys of each exchange, each in a sub-account of its own, which go through the phases together on the real CLI. */
export class Chain {
  #phase: Phase = "create";
  #bots: readonly Bot[] = [];
  /** Of output, of all runs. */
  #lines = 0;
  readonly #stack: Stack;

  private constructor(private readonly parts: Parts) {
    const onLine = (): void => {
      this.#lines += 1;
    };
    this.#stack = parts.stack.with({ onLine });
  }

  /** @param count keys of each exchange. @param only exchanges, by id; all that issue keys when left out */
  static async open(count: number, only?: readonly string[]): Promise<Chain> {
    const toolchain = await ensureToolchain();
    const template = await readTemplate();
    const models = template.models.filter(({ exchange }) => only?.includes(exchange) ?? true);
    const keys = models.flatMap((model) => Array.from({ length: count }, (_, offset) => keyLike(model, offset)));
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-crash-"));
    const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: RATE_SCALE });
    for (const { exchange, subAccount } of keys) {
      const there = sandbox.files.subAccounts[exchange]?.includes(subAccount) ?? false;
      if (!there) await sandbox.control.addSubAccount(exchange, subAccount);
    }
    const gate = await Gate.open();
    const env = {
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      EXCHANGE_KEYS_CRASH_GATE: gate.url,
      NODE_OPTIONS: `--require "${join(__dirname, "gate-preload.cjs")}"`,
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const stack = new Stack({
      toolchain,
      env,
      backend: join(folder, "state"),
      stack: "crash",
      configFile: join(folder, "desk.yaml"),
    });
    await stack.init();
    return new Chain({ ground: { folder, template }, keys, sandbox, gate, stack });
  }

  async close(): Promise<void> {
    await this.parts.sandbox.stop();
    await this.gate.close();
    await rm(this.parts.ground.folder, { recursive: true });
  }

  get keys(): readonly ChainKey[] {
    return this.parts.keys;
  }

  get gate(): Gate {
    return this.parts.gate;
  }

  get stack(): Stack {
    return this.#stack;
  }

  get sandbox(): StartedSandbox {
    return this.parts.sandbox;
  }

  get control(): ControlClient {
    return this.parts.sandbox.control;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** By name of the key. While keys are deleted, those of the phase before. */
  bot(name: string): Bot {
    const bot = this.#bots.find((one) => one.name === name);
    if (bot === undefined) throw new Error(`no bot is declared for ${name}`);
    return { ...bot, address: addressIn(this.#phase) };
  }

  get desk(): Desk {
    return new Desk(this.#bots, this.parts.sandbox);
  }

  /** Says what the next run is to bring about, and lets the time pass that brings it about. */
  async declare(phase: Phase): Promise<void> {
    if (phase === "incident") await this.rotateUndisturbed();
    const file = join(this.parts.ground.folder, "desk.yaml");
    await writeFile(file, stringify(declarationOf(phase, this.keys, this.parts.ground)));
    this.#phase = phase;
    if (phase !== "delete") this.#bots = await readBots(file);
    if (phase === "rotate") await this.control.advance("30d");
    if (phase === "retire") {
      await this.rotateUndisturbed();
      await this.passOverlap();
    }
  }

  /** Longer than an overlap. */
  async passOverlap(): Promise<void> {
    await this.control.advance("26h");
  }

  upArguments(): readonly string[] {
    return ["up", "--yes", "--skip-preview", "--parallel", PARALLEL];
  }

  /** What the engine's state holds of each key: name → its outputs as text. */
  async recorded(): Promise<ReadonlyMap<string, string>> {
    const text = await readFile(this.stack.checkpoint, "utf8");
    const { checkpoint } = JSON.parse(text) as Checkpoint;
    const resources = (checkpoint.latest?.resources ?? []).filter(({ type }) => type.endsWith(":ApiKey"));
    return new Map(resources.map(({ urn, outputs }) => [urn.slice(urn.lastIndexOf("::") + 2), JSON.stringify(outputs)]));
  }

  /** A text that is another one after everything that a run does. */
  async sign(): Promise<string> {
    const requests = await this.control.requests();
    const answered = requests.filter(({ status }) => status !== null).length;
    const { mtimeMs } = await stat(this.stack.checkpoint);
    return [requests.length, answered, this.gate.passages, this.#lines, mtimeMs].join();
  }

  /** What is wrong with the journal of all runs so far. */
  async journalProblems(): Promise<readonly string[]> {
    return await journalProblems(join(this.parts.ground.folder, "journal"));
  }

  private async rotateUndisturbed(): Promise<void> {
    await this.control.advance("30d");
    await this.stack.must(...this.upArguments());
  }
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: {
      readonly resources?: readonly { readonly type: string; readonly urn: string; readonly outputs: unknown }[];
    };
  };
}

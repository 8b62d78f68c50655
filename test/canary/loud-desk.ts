import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { parse } from "yaml";
import { findLeaks, type Hidden, type Leak } from "../../harness/leak-search";
import { CAN_WATCH_PROCESSES, ProcessWatch } from "../../harness/processes";
import { readTemplate } from "../crash/declared";
import { Stage } from "../stack/stage";
import { CallTrace, canTrace } from "./call-trace";
import { FileWatch, type Watched } from "./file-watch";
import { Places } from "./places";

/** In the environment of each run, and on its command line: both are read, if they are found. */
export const MARK = "canary-mark-7d41c9b2";

/** Loaded into every process of Node. */
const PRELOAD = join(__dirname, "keep-preload.cjs");

/** The pace of calls is not what this is about. */
const RATE_SCALE = 1000;

interface Parts {
  readonly stage: Stage;
  readonly places: Places;
  readonly watched: Watched;
  readonly files: FileWatch;
  /** Exchanges of which a key is declared. */
  readonly exchanges: readonly string[];
}

/** A desk with a key of every exchange that issues any, whose runs say all that they can, and write nowhere but into its folder. */
export class LoudDesk {
  /** Found after one of the runs. */
  readonly leaks: (Leak & { readonly run: string })[] = [];
  /** Runs after which the mark was found, as a secret would have been. */
  readonly marked = new Set<string>();
  /** Where it can be told, paths that were opened to be written and are not in the desk's folder. */
  readonly elsewhere = new Set<string>();
  readonly isTraced = canTrace();
  #runs = 0;

  private constructor(private readonly parts: Parts) {}

  static async open(): Promise<LoudDesk> {
    const stage = await Stage.open(RATE_SCALE);
    const places = new Places(stage.folder);
    await places.make();
    const own = [join(stage.folder, "sandbox"), places.at("sealing"), places.at("raw")];
    const watched = { folder: stage.folder, kept: join(stage.folder, "kept"), except: own };
    const { models, config } = await readTemplate();
    await stage.declare(
      {},
      {
        "exchange-keys:accounts": config["exchange-keys:accounts"],
        "exchange-keys:journal": { folder: places.at("journal") },
        "desk:seal": `local://${join(places.at("sealing"), "sealing.key")}`,
        "desk:keys": Object.fromEntries(models.map(({ exchange, key }) => [exchange, key])),
      },
    );
    const exchanges = models.map(({ exchange }) => exchange);
    return new LoudDesk({ stage, places, watched, files: new FileWatch(watched), exchanges });
  }

  /** @throws AggregateError when not everything could be watched */
  async close(): Promise<void> {
    try {
      this.parts.files.end();
    } finally {
      await this.stage.close();
    }
  }

  get stage(): Stage {
    return this.parts.stage;
  }

  get places(): Places {
    return this.parts.places;
  }

  get exchanges(): readonly string[] {
    return this.parts.exchanges;
  }

  get sealingKey(): string {
    return join(this.places.at("sealing"), "sealing.key");
  }

  /** Where second names of deleted and replaced files are. */
  get kept(): string {
    return this.parts.watched.kept;
  }

  get runs(): number {
    return this.#runs;
  }

  /** Runs the CLI by an npm script, keeps all that it, npm and every process say, and what each was started with, and searches everything. */
  async run(...args: readonly string[]): Promise<number> {
    this.#runs += 1;
    const name = `${this.#runs}-${args[0]}`;
    const declared = await this.#declaredVariables();
    const trace = this.isTraced ? new CallTrace(join(this.places.at("raw"), name)) : undefined;
    const { toolchain } = this.stage.stack.options;
    const pulumi = await this.places.byNpmScript(toolchain.pulumi, trace?.prefix ?? "");
    const stack = this.stage.stack.with({
      env: this.#environment(declared),
      toolchain: { ...toolchain, pulumi },
      project: this.places.at("program"),
    });
    const running = stack.start(...args, ...(args[0] === "up" ? ["--message", `${MARK} on the command line`] : []));
    const record = { folder: this.places.at("processes"), declared };
    const watch = CAN_WATCH_PROCESSES ? new ProcessWatch(running.pid, record) : undefined;
    const { code, stdout, stderr } = await running.ended;
    await watch?.end();
    const log = join(this.places.at("logs"), name);
    await Promise.all([writeFile(`${log}.stdout`, stdout), writeFile(`${log}.stderr`, stderr)]);
    const { folder, except } = this.parts.watched;
    for (const path of (await trace?.settle(`${log}.calls`, { declared, except })) ?? []) {
      if (!path.startsWith(folder + sep) && path !== "/dev/null") this.elsewhere.add(path);
    }
    await this.#search(name);
    return code;
  }

  async #search(run: string): Promise<void> {
    const found = await this.find([...(await this.hidden()), { kind: "mark", value: MARK }]);
    for (const leak of found) {
      if (leak.kind === "mark") this.marked.add(run);
      else this.leaks.push({ run, ...leak });
    }
  }

  /** `--event-log` is known only with PULUMI_DEBUG_COMMANDS. */
  loud(...args: readonly string[]): Promise<number> {
    const events = join(this.places.at("logs"), `${this.#runs + 1}.events`);
    return this.run(...args, "-v=9", "--logtostderr", "--event-log", events);
  }

  /** Searches all that was written, but for what is there to hold secrets: the sandbox's folder, and the sealing key's. */
  find(hidden: readonly Hidden[]): Promise<readonly Leak[]> {
    return findLeaks([this.stage.folder], hidden, this.parts.watched.except);
  }

  /** All that the sandbox issued or was given so far, and the sealing key. */
  async hidden(): Promise<readonly Hidden[]> {
    const known = await this.stage.control.secrets();
    // The first run that changes something makes it.
    const sealing = existsSync(this.sealingKey) ? await readFile(this.sealingKey, "utf8") : undefined;
    return [
      ...known.map(({ exchange, kind, parent, value }) => ({
        kind: `${kind} of ${parent ? "the parent at " : ""}${exchange}`,
        value,
      })),
      ...(sealing === undefined ? [] : asBytes(sealing)),
    ];
  }

  /** What the stack's references to variables name. */
  async #declaredVariables(): Promise<ReadonlySet<string>> {
    const { configFile = "" } = this.stage.stack.options;
    const text = JSON.stringify(parse(await readFile(configFile, "utf8")));
    return new Set([...text.matchAll(/"env:([^"]+)"/g)].map(([, name = ""]) => name));
  }

  /** Only what a run needs: a parent's secret that no reference names is not in it. */
  #environment(declared: ReadonlySet<string>): Readonly<Record<string, string>> {
    const { env } = this.stage.stack.options;
    const needed = Object.entries(env).filter(([name]) => declared.has(name) || name === "EXCHANGE_KEYS_SANDBOX");
    return {
      ...Object.fromEntries(needed),
      ...this.places.variables,
      PULUMI_DEBUG_COMMANDS: "true",
      NODE_OPTIONS: `--require "${PRELOAD}"`,
      EXCHANGE_KEYS_CANARY_KEPT: JSON.stringify(this.parts.watched),
      EXCHANGE_KEYS_CANARY: MARK,
    };
  }
}

/** The file's text, and the bytes that it stands for. */
function asBytes(text: string): readonly Hidden[] {
  const base64 = text.trim();
  return [
    { kind: "sealing key", value: base64 },
    { kind: "bytes of the sealing key", value: Buffer.from(base64, "base64").toString("hex") },
  ];
}

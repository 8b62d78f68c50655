import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import { whoseOf } from "../../providers/src/handlers/journaled-surroundings";
import { Journal } from "../../providers/src/journal/journal";
import { journaled } from "../../providers/src/journal/journaled";
import { type Intent, type Outcome, recordSchema } from "../../providers/src/journal/record";
import type { Surroundings } from "../../providers/src/lifecycle/surroundings";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { World } from "./world";

type Declared = Omit<ScheduledApiKeyInputs, "schedule">;

/** An engine each of whose operations reaches the world through a journal on disk, opened as the handlers do. */
export class JournaledEngine extends Engine {
  /** True while nothing can be written down. */
  isFull = false;
  private readonly plain: Surroundings;
  private readonly journal: Journal;

  private constructor(
    kind: Kind,
    private readonly folder: string,
  ) {
    super(new World(kind));
    this.plain = this.world.surroundings;
    // A clock is asked for each line: the one place at which a test can stop a write at any moment.
    const now = (): Date => {
      if (this.isFull) throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
      return this.world.now;
    };
    this.journal = new Journal(folder, { run: "aaaa", actor: "ann", environment: "sandbox" }, { now });
  }

  static async open(kind: Kind): Promise<JournaledEngine> {
    return new JournaledEngine(kind, join(await mkdtemp(join(tmpdir(), "exchange-keys-journaled-engine-")), "journal"));
  }

  async close(): Promise<void> {
    await this.journal.close();
    await rm(join(this.folder, ".."), { recursive: true });
  }

  override declared(changes: Partial<Declared> = {}): Declared {
    return super.declared({ exchange: "bybit", ...changes });
  }

  override async up(declared: Declared): ReturnType<Engine["up"]> {
    this.begin({ ...this.state?.outputs, ...declared });
    return await super.up(declared);
  }

  override async destroy(): Promise<void> {
    if (this.state !== undefined) this.begin(this.state.outputs);
    await super.destroy();
  }

  /** Every act so far with its outcome, in order. */
  async acts(): Promise<readonly (Intent & Pick<Outcome, "done">)[]> {
    const texts = await Promise.all((await readdir(this.folder)).map((name) => readFile(join(this.folder, name), "utf8")));
    const records = texts.flatMap((text) => text.trimEnd().split("\n")).map((line) => withoutHash(JSON.parse(line)));
    const ended = new Map(records.flatMap((record) => (record.kind === "outcome" ? [[record.of, record.done] as const] : [])));
    return records.flatMap((record) => (record.kind === "intent" ? [{ ...record, done: ended.get(record.seq) ?? false }] : []));
  }

  /** An operation knows what its state holds, and nothing of the ones before. */
  private begin(declared: Parameters<typeof whoseOf>[0]): void {
    Object.assign(this.world, { surroundings: journaled(this.plain, this.journal, whoseOf(declared)) });
  }
}

function withoutHash({ hash: _, ...record }: Readonly<Record<string, unknown>>): ReturnType<typeof recordSchema.parse> {
  return recordSchema.parse(record);
}

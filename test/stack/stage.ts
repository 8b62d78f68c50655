import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Bot, Desk, readBots } from "../../harness/desk";
import { parentVariables } from "../../harness/parents";
import { Stack } from "../../harness/stack";
import { ownerHash, readLabel } from "../../providers/src/core/label";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { ControlClient } from "../../sandbox/control-client";
import type { LivingKey } from "../../sandbox/exchange";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { type DeclaredKeys, stackFile } from "./declared";
import { RunningBot } from "./running-bot";

/** A sandbox, a folder and a stack on a file backend of their own, driven by the real CLI with the project's own program. */
export class Stage {
  #bots: readonly RunningBot[] = [];

  private constructor(
    readonly folder: string,
    readonly sandbox: StartedSandbox,
    private current: Stack,
  ) {}

  /** @param rateScale how many times faster than documented calls may come. The pace is not what most tests are about */
  static async open(rateScale = 50): Promise<Stage> {
    const toolchain = await ensureToolchain();
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-stack-"));
    const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale });
    const env = {
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const options = { toolchain, env, backend: join(folder, "state"), stack: "desk", configFile: join(folder, "desk.yaml") };
    const stage = new Stage(folder, sandbox, new Stack(options));
    await stage.stack.init();
    return stage;
  }

  async close(): Promise<void> {
    await this.sandbox.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Says what the next runs are to make so. Bots that stay go on with what they read last. */
  async declare(keys: DeclaredKeys, changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const file = join(this.folder, "desk.yaml");
    await writeFile(file, stringify(stackFile(this.folder, keys, changes)));
    const bots = await readBots(file);
    const desk = new Desk(bots, this.sandbox);
    this.#bots = bots.map((bot) => this.#bots.find((known) => isSame(known.bot, bot)) ?? new RunningBot(bot, desk));
  }

  get stack(): Stack {
    return this.current;
  }

  /** Renames the stack: later runs go by the new name. */
  async renameStack(name: string): Promise<void> {
    await this.stack.must("stack", "rename", name);
    this.current = this.stack.with({ stack: name });
  }

  /** Later runs see these variables, too. */
  addVariables(variables: Readonly<Record<string, string>>): void {
    this.current = this.stack.with({ env: { ...this.stack.options.env, ...variables } });
  }

  get control(): ControlClient {
    return this.sandbox.control;
  }

  get bots(): readonly RunningBot[] {
    return this.#bots;
  }

  get documents(): string {
    return join(this.folder, "documents");
  }

  get sealingKey(): string {
    return join(this.folder, "sealing.key");
  }

  /** The bot of the key that is called so at the exchange. */
  bot(key: string): RunningBot {
    const found = this.#bots.find(({ bot }) => bot.identity.name === key);
    assert.ok(found, `no bot uses a key "${key}"`);
    return found;
  }

  urn(resource: string): string {
    return `urn:pulumi:${this.stack.options.stack}::exchange-keys::pulumi-nodejs:dynamic/exchange-keys:ApiKey::${resource}`;
  }

  /** The versions of a bot's key that live at the exchange, by serial. Foreign keys of the sub-account are among them only where none has a label. */
  async living({ bot }: RunningBot): Promise<readonly LivingKey[]> {
    const hash = ownerHash(bot.identity);
    const keys = await this.control.keys(bot.exchange);
    const hasLabels = descriptorOf(bot.exchange).label.value !== "none";
    const isOurs = ({ label }: LivingKey): boolean => !hasLabels || readLabel(label)?.hash === hash;
    const ours = keys.filter((key) => key.subAccount === bot.subAccount && isOurs(key));
    return ours.sort((one, other) => (one.label < other.label ? -1 : 1));
  }

  /** Public ids of the versions that documents name for use. */
  async publishedIds(): Promise<readonly string[]> {
    return await Promise.all(this.bots.map(async (running) => (await running.published()).apiKey));
  }

  /** No bot is refused, whatever it has read so far and whatever it reads now. */
  async assertServed(): Promise<void> {
    for (const running of this.bots) await running.assertServed();
  }

  /** Every key has one version, the published one, and nothing is left to do. */
  async assertSettled(): Promise<void> {
    await this.stack.up("--expect-no-changes");
    for (const running of this.bots) {
      await running.assertServed();
      const living = await this.living(running);
      const published = await running.published();
      assert.deepEqual(
        living.map(({ apiKey }) => apiKey),
        [published.apiKey],
        `only the published version of ${running.bot.name} lives`,
      );
    }
  }
}

function isSame(one: Bot, other: Bot): boolean {
  return one.document === other.document && JSON.stringify(one.identity) === JSON.stringify(other.identity);
}

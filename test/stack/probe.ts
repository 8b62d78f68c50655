import { setTimeout as sleep } from "node:timers/promises";
import { type Credentials, openSession, type Session } from "../../harness/bot";
import { placeIn } from "../../harness/call-sandbox";
import type { Bot } from "../../harness/desk";
import { followKey, type OpenedKey, openKey } from "../../providers/src/client";
import type { StartedSandbox } from "../../sandbox/start";

/** How a bot keeps up with its document. */
export const HABITS = ["each call", "half an overlap", "session"] as const;
export type Habit = (typeof HABITS)[number];

const PACE_MS = 50;

const HALF_OVERLAP_MS = 12 * 3_600_000;

/** What bots share: where the exchanges are, what time it is there, and whether to wait. */
export interface Scene {
  readonly sandbox: StartedSandbox;
  /** Of the sandbox's clock. Changed only while nobody calls. */
  offsetMs: number;
  paused: boolean;
}

/** A bot that signs a call every 50 ms, or as fast as the machine allows, and remembers every refusal. */
export class Probe {
  calls = 0;
  /** Times that it took up a key. */
  authentications = 0;
  readonly refusals: string[] = [];
  #session: Session | undefined;
  #held: OpenedKey | undefined;
  #readAt = 0;
  #from: string;
  #idle = true;
  readonly #ending = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(
    readonly habit: Habit,
    readonly bot: Bot,
    private readonly scene: Scene,
  ) {
    this.#from = bot.address;
    this.#running = Promise.all([this.run(), ...(habit === "session" ? [this.follow()] : [])]);
  }

  get name(): string {
    return `${this.bot.exchange}, ${this.habit}`;
  }

  /** True while no call of it is under way. */
  get isIdle(): boolean {
    return this.#idle;
  }

  /** Calls from another address from now on. Only while it is idle. */
  async move(from: string): Promise<void> {
    this.#from = from;
    if (this.#held !== undefined) await this.take(this.#held);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    await this.#session?.close();
  }

  private async run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const next = sleep(PACE_MS);
      if (!this.scene.paused) {
        this.#idle = false;
        await this.callOnce().catch((error: unknown) => this.refusals.push(String(error)));
        this.#idle = true;
      }
      await next;
    }
  }

  private async callOnce(): Promise<void> {
    if (this.habit !== "session") await this.readIfDue();
    if (this.#session === undefined) return;
    const verdict = await this.#session.call();
    this.calls += 1;
    if (verdict !== "accepted") this.refusals.push(`${verdict}, serial ${this.#held?.serial}, call ${this.calls}`);
  }

  private async readIfDue(): Promise<void> {
    const due = this.habit === "each call" || this.now() >= this.#readAt + HALF_OVERLAP_MS;
    if (!due) return;
    this.#readAt = this.now();
    const key = await openKey(this.opening());
    if (key.serial !== this.#held?.serial) await this.take(key);
  }

  /** The third habit: told of a new key by the client library. */
  private async follow(): Promise<void> {
    const onError = (error: unknown): void => {
      this.refusals.push(String(error));
    };
    await followKey(this.opening(), (key) => this.take(key), { intervalMs: PACE_MS, signal: this.#ending.signal, onError });
  }

  private async take(key: OpenedKey): Promise<void> {
    const { sandbox } = this.scene;
    if (key.serial !== this.#held?.serial) this.authentications += 1;
    const { apiKey, secret, password }: Credentials = key;
    const place = await placeIn(sandbox, { exchange: this.bot.exchange, from: this.#from });
    const before = this.#session;
    this.#session = await openSession({ apiKey, secret, ...(password === undefined ? {} : { password }) }, place, () =>
      this.now(),
    );
    this.#held = key;
    // What is still under way is answered first.
    await before?.close();
  }

  private opening(): Parameters<typeof openKey>[0] {
    const { document, identity } = this.bot;
    return { document, expect: identity, now: () => new Date(this.now()), environment: "sandbox" };
  }

  private now(): number {
    return Date.now() + this.scene.offsetMs;
  }
}

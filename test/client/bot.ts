import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { followKey, type OpenedKey, type OpenOptions } from "../../providers/src/client";
import { type Desk, EXPECTED } from "./desk";

/** Readings are a millisecond apart: what has not happened by then does not happen. Below mocha's limit, so that an assertion tells it. */
const PATIENCE_MS = 10_000;

type Happening = "key" | "failure" | "enough";

/** A bot that follows its key, and tells of each thing that happens. */
export class Bot {
  readonly keys: OpenedKey[] = [];
  readonly errors: unknown[] = [];
  private readonly events = new EventEmitter();
  private readonly controller = new AbortController();
  private readonly ended: Promise<void>;
  /** What the bot does with a key. */
  take: (key: OpenedKey) => void | Promise<void> = () => {};

  constructor(desk: Desk, changes: Partial<OpenOptions> = {}) {
    const options = { document: desk.url, expect: EXPECTED, sealedBy: desk.reference, ...changes };
    const onChange = async (key: OpenedKey) => {
      this.keys.push(key);
      this.events.emit("key");
      await this.take(key);
    };
    const onError = (error: unknown) => {
      this.errors.push(error);
      this.events.emit("failure");
    };
    this.ended = followKey(options, onChange, { intervalMs: 1, signal: this.controller.signal, onError });
  }

  get serials(): number[] {
    return this.keys.map(({ serial }) => serial);
  }

  /** Waits for the next key. */
  async key(despite?: "failures"): Promise<void> {
    await this.happens("key", despite === undefined ? ["failure"] : []);
  }

  /** Waits for the next failure, before which there is no key. */
  async failure(): Promise<unknown> {
    await this.happens("failure", ["key"]);
    return this.errors.at(-1);
  }

  /** The test has seen enough. */
  enough(): void {
    this.events.emit("enough");
  }

  async untilEnough(): Promise<void> {
    await this.happens("enough", ["failure"]);
  }

  /** Fails by an assertion when something else happens, or nothing. */
  private async happens(wanted: Happening, others: readonly Happening[]): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    const happenings = [wanted, ...others].map(async (happening) => {
      await once(this.events, happening, { signal });
      return happening;
    });
    try {
      const happened = await Promise.race([...happenings, setTimeout(PATIENCE_MS, "nothing", { signal })]);
      assert.equal(happened, wanted, `until now: keys ${this.serials.join()}, errors ${this.errors.map(String).join()}`);
    } finally {
      over.abort();
    }
  }

  async stop(): Promise<void> {
    this.controller.abort();
    await this.ended;
  }
}

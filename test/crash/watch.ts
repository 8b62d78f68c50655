import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Bot } from "../../harness/desk";
import type { LivingKey } from "../../sandbox/exchange";
import type { Chain } from "./chain";

/** Between two looks, for as long as the watch goes on. */
const LOOK_MS = 100;

const published = z.looseObject({ versions: z.array(z.looseObject({ apiKey: z.string(), state: z.string() })) });

/** For how long, in sum over all keys, no published version would have been let in from where its bot calls. */
export class Watch {
  readonly #stop = new AbortController();
  readonly #watching: Promise<number>;

  /** @param bots those that found a document before */
  constructor(
    private readonly chain: Chain,
    private readonly bots: readonly Bot[],
  ) {
    this.#watching = this.watch();
  }

  /** @returns milliseconds */
  async end(): Promise<number> {
    this.#stop.abort();
    return await this.#watching;
  }

  private async watch(): Promise<number> {
    let total = 0;
    let last = Date.now();
    for (;;) {
      const done = this.#stop.signal.aborted;
      const unserved = await this.unserved();
      const now = Date.now();
      total += unserved * (now - last);
      last = now;
      if (done) return total;
      await sleep(LOOK_MS);
    }
  }

  private async unserved(): Promise<number> {
    const unserved = new Set<Bot>();
    let left = this.bots;
    while (left.length > 0) {
      const before = await Promise.all(left.map(textFor));
      const living = new Map((await this.chain.control.keys()).map((key) => [key.apiKey, key]));
      const after = await Promise.all(left.map(textFor));
      const failing = left.filter((bot, index) => !isServed(bot, before[index] ?? "", living));
      // An incident ends what was published a moment ago: whose document is another one now is looked at anew.
      for (const bot of failing) if (before[left.indexOf(bot)] === after[left.indexOf(bot)]) unserved.add(bot);
      left = failing.filter((bot) => !unserved.has(bot));
    }
    return unserved.size;
  }
}

function isServed({ address }: Bot, document: string, living: ReadonlyMap<string, LivingKey>): boolean {
  const { versions } = published.parse(JSON.parse(document));
  const shown = versions.filter(({ state }) => state === "current" || state === "previous");
  return shown.some(({ apiKey }) => {
    const key = living.get(apiKey);
    return key?.usable === true && (key.ips.length === 0 || key.ips.includes(address));
  });
}

function textFor({ document }: Bot): Promise<string> {
  return readFile(document, "utf8");
}

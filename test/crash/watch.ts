import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Bot } from "../../harness/desk";
import type { Chain } from "./chain";

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
    // The documents first: what they name must still live afterwards.
    const named = await Promise.all(this.bots.map(versionsFor));
    const living = new Map((await this.chain.control.keys()).map((key) => [key.apiKey, key]));
    return this.bots.filter(
      ({ address }, index) =>
        !(named[index] ?? []).some((apiKey) => {
          const key = living.get(apiKey);
          return key?.usable === true && (key.ips.length === 0 || key.ips.includes(address));
        }),
    ).length;
  }
}

async function versionsFor({ document }: Bot): Promise<readonly string[]> {
  const { versions } = published.parse(JSON.parse(await readFile(document, "utf8")));
  return versions.filter(({ state }) => state === "current" || state === "previous").map(({ apiKey }) => apiKey);
}

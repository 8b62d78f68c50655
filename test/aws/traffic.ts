import { setTimeout as delay } from "node:timers/promises";
import type { OpenedKey } from "pulumi-exchange-keys/client";
import type { AwsBot } from "./bots";

/** Between two calls of a bot. */
const PAUSE_MS = 100;

/** What was answered to every call that the bots made. */
export interface Calls {
  readonly accepted: number;
  /** Each with bot, address and ccxt's error. */
  readonly refused: readonly string[];
  /** All that anything was called from. */
  readonly from: readonly string[];
}

export interface Traffic {
  /** Does something between two rounds of calls: no clock of a bot jumps in the middle of one. */
  between(act: () => Promise<void>): Promise<void>;
  /** Ends it, the first time. */
  stop(): Promise<Calls>;
}

/**
 * Lets all bots call again and again, each call from the addresses that packets leave by at that moment.
 * @param waysOut those addresses
 */
export async function startTraffic(bots: readonly AwsBot[], waysOut: () => Promise<readonly string[]>): Promise<Traffic> {
  const held = await Promise.all(bots.map(async (bot) => [bot, await bot.open()] as const));
  const from = new Set<string>();
  const refused: string[] = [];
  let accepted = 0;
  let over = false;
  let pause = Promise.resolve();
  let current = Promise.resolve();
  const call = async (bot: AwsBot, key: OpenedKey, address: string) => {
    const answer = await bot.call(key, address);
    if (answer === "accepted") accepted++;
    else refused.push(`${bot.name} from ${address}: ${answer}`);
  };
  const round = async () => {
    const addresses = await waysOut();
    for (const address of addresses) from.add(address);
    await Promise.all(held.flatMap(([bot, key]) => addresses.map((address) => call(bot, key, address))));
  };
  const running = (async () => {
    while (!over) {
      await pause;
      current = round();
      await current;
      await delay(PAUSE_MS);
    }
  })();
  return {
    between: async (act) => {
      const round = current;
      pause = round.then(act);
      await pause;
    },
    stop: async () => {
      over = true;
      await running;
      return { accepted, refused, from: [...from] };
    },
  };
}

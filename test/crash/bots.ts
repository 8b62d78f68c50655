import type { Bot } from "../../harness/desk";
import type { Chain } from "./chain";
import { patiently } from "./patience";

/** A bot that is not served by what is published for it. */
export interface Refusal {
  readonly name: string;
  readonly why: string;
  /** Its document cannot be opened, or the key that it names does not live. */
  readonly isLost: boolean;
}

/** ccxt's errors that say nothing of a key: the bot's clock, the way, the pace. Its `NetworkError` and all below it. */
const OWN_TROUBLE: ReadonlySet<string> = new Set([
  "NetworkError",
  "DDoSProtection",
  "RateLimitExceeded",
  "ExchangeNotAvailable",
  "OnMaintenance",
  "InvalidNonce",
  "ChecksumError",
  "RequestTimeout",
]);

/** Lets every bot open its document and call. One that fails by its own fault tries again, by a clock that it reads anew. */
export async function refusals(chain: Chain): Promise<readonly Refusal[]> {
  const refused: Refusal[] = [];
  let left = chain.keys.map(({ name }) => chain.bot(name));
  let rounds = new Map<Bot, string>();
  const stuck = await patiently(async () => {
    const answers = await Promise.all(left.map(async (bot) => [bot, await call(chain, bot)] as const));
    refused.push(...answers.flatMap(([, answer]) => (typeof answer === "object" ? [answer] : [])));
    rounds = new Map(answers.flatMap(([bot, answer]) => (typeof answer === "string" ? [[bot, answer] as const] : [])));
    left = [...rounds.keys()];
    return { left, sign: String(left.length) };
  });
  return [...refused, ...stuck.map((bot) => ({ name: bot.name, why: rounds.get(bot) ?? "", isLost: false }))];
}

/** @returns nothing when the bot is served, a text when it has to try again */
async function call(chain: Chain, bot: Bot): Promise<Refusal | string | undefined> {
  const { desk, control } = chain;
  const credentials = await desk.open(bot).catch((error: Error) => error);
  if (credentials instanceof Error) return { name: bot.name, why: credentials.message, isLost: true };
  const answer = await desk.call(bot, credentials);
  if (answer === "accepted") return;
  const isLiving = (await control.keys(bot.exchange)).some(({ apiKey, usable }) => apiKey === credentials.apiKey && usable);
  if (isLiving && OWN_TROUBLE.has(answer)) return answer;
  return { name: bot.name, why: answer, isLost: !isLiving };
}

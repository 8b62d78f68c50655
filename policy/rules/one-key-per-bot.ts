import { type Key, productsOf } from "../key";
import { isSamePlace, placeOf } from "../place";
import { type Finding, grouped, keysPolicy, namesOf } from "../rule";

type Per = "product" | "exchange" | "stack";

interface Config {
  readonly per: Per;
}

const defaults: Config = { per: "product" };

/** What a bot may hold one key of, or nothing while it is not known. */
function shareOf(key: Key, per: Per): string | undefined {
  const { environment, bot, exchange } = key;
  if (typeof bot !== "string") return undefined;
  if (per === "stack") return bot;
  if (typeof exchange !== "string") return undefined;
  const share = `${String(environment)} ${bot} at ${exchange}`;
  return per === "exchange" ? share : `${share} ${key.scopes.complete ? productsOf(key).join("+") : key.urn}`;
}

function twoKeys(keys: readonly Key[], per: Per): readonly Finding[] {
  const groups = [...grouped(keys, (key) => shareOf(key, per)).values()].filter((group) => group.length > 1);
  return groups.flatMap((group) =>
    group.slice(1).map(({ urn, bot }) => ({ urn, message: `bot ${String(bot)} has ${group.length} keys: ${namesOf(group)}` })),
  );
}

/** Two keys in one document would overwrite each other, and two bots would read one key. */
function oneDocument(keys: readonly Key[]): readonly Finding[] {
  const published = keys.flatMap((key) => (typeof key.publish === "string" ? [{ key, place: placeOf(key.publish) }] : []));
  return published.flatMap(({ key, place }, index) => {
    const group = published.filter((other) => isSamePlace(other.place, place)).map((one) => one.key);
    const before = published.slice(0, index).some((other) => isSamePlace(other.place, place));
    return before ? [{ urn: key.urn, message: `${namesOf(group)} share one published document` }] : [];
  });
}

/**
 * When one bot is broken into, exactly its key has to die. Keys of different products, or at different exchanges, are different keys of a
 * bot by need: an exchange's key works there only, and `spot-apart-from-futures` asks for one per product.
 */
export const oneKeyPerBot = keysPolicy({
  name: "one-key-per-bot",
  displayName: "One key for each bot",
  description: "A bot has at most one key of each product at each exchange, and no two keys share a document.",
  severity: "high",
  remediation: "Give each process a bot name and a key of its own, or remove the key that is not needed",
  configSchema: {
    per: {
      type: "string",
      enum: ["product", "exchange", "stack"],
      default: "product",
      description: "A bot's one key is one of each product at an exchange, of each exchange, or of the stack.",
    },
  },
  defaults,
  judge: (keys, { per }) => [...twoKeys(keys, per), ...oneDocument(keys)],
});

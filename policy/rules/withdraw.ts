import { exchangeNamed } from "../exchange";
import { type Key, trades } from "../key";
import { UNKNOWN } from "../preview";
import { type Finding, grouped, keyPolicy, keysPolicy, namesOf } from "../rule";

/** Scopes that bring funds to where they can be withdrawn, or make them what can be. */
const GATHERING = ["convert", "transfer"];

function withdraws({ scopes }: Key): boolean {
  return scopes.known.includes("withdraw");
}

/** Those of a key, but for what its exchange gives with the right to withdraw whether one wants it or not. */
function gatheringOf({ exchange, scopes }: Key): readonly string[] {
  if (exchange === UNKNOWN) return [];
  const given = exchange === undefined ? [] : (exchangeNamed(exchange)?.withdrawWith ?? []);
  return GATHERING.filter((scope) => scopes.known.includes(scope) && !given.includes(scope));
}

/** A stolen key that trades and withdraws empties an account in one step. */
export const noTradeWithWithdraw = keyPolicy({
  name: "no-trade-with-withdraw",
  displayName: "No key trades and withdraws",
  description: "A key that can move funds out can neither place orders nor convert nor transfer, where its exchange lets it.",
  severity: "critical",
  remediation: "Give withdraw to an adopted key of its own, with read at most",
  defaults: {},
  judge: (key) => {
    if (!withdraws(key)) return [];
    const gathering = gatheringOf(key);
    return [
      ...(trades(key) ? ["holds withdraw together with a trade scope"] : []),
      ...(gathering.length === 0 ? [] : [`holds withdraw together with ${gathering.join(" and ")}`]),
    ];
  },
});

/** Whoever breaks into a bot has all of its keys: what no key may hold together, no bot may either. */
export const botTradesOrWithdraws = keysPolicy({
  name: "bot-trades-or-withdraws",
  displayName: "No bot trades and withdraws",
  description: "A bot with a key that can place orders has no key that can move funds out, at any exchange.",
  severity: "critical",
  remediation: "Give the key that withdraws to a bot of its own, on a machine of its own",
  defaults: {},
  judge: (keys): readonly Finding[] => {
    const ofBot = ({ environment, bot }: Key): string | undefined =>
      typeof bot === "string" && typeof environment === "string" ? JSON.stringify([environment, bot]) : undefined;
    return [...grouped(keys, ofBot).values()].flatMap((group) => {
      const trading = group.filter(trades);
      if (trading.length === 0) return [];
      return group.filter(withdraws).flatMap((key) => {
        const others = trading.filter((one) => one !== key);
        if (others.length === 0) return [];
        return [
          { urn: key.urn, message: `bot ${String(key.bot)} withdraws with ${namesOf([key])} and trades with ${namesOf(others)}` },
        ];
      });
    });
  },
});

import { type Key, subAccountOf } from "../key";
import { type Finding, grouped, keysPolicy, namesOf } from "../rule";

interface Config {
  readonly apart: readonly string[];
  readonly addressesToo: boolean;
}

const defaults: Config = { apart: ["market-making", "arbitrage"], addressesToo: false };

function purposesOf(keys: readonly Key[]): readonly string[] {
  return [...new Set(keys.map(({ purpose }) => String(purpose)))].sort();
}

/** Groups in which keys of more than one purpose meet. */
function mixed(keys: readonly Key[], place: string, by: (key: Key) => string | undefined): readonly Finding[] {
  return [...grouped(keys, by)].flatMap(([where, group]) => {
    const purposes = purposesOf(group);
    const [first] = group;
    if (purposes.length < 2 || first === undefined) return [];
    return [{ urn: first.urn, message: `${place} ${where} serves ${purposes.join(" and ")}: ${namesOf(group)}` }];
  });
}

function mixedAddresses(keys: readonly Key[]): readonly Finding[] {
  const addresses = [...new Set(keys.flatMap(({ ipWhitelist }) => ipWhitelist.known))];
  return addresses.flatMap((address) =>
    mixed(keys, "address", ({ ipWhitelist }) => (ipWhitelist.known.includes(address) ? address : undefined)),
  );
}

/**
 * Market making has agreements, fees and self-trade rules of its own: what arbitrage does from the same sub-account counts as the market
 * maker's, and a bot that serves both loses both keys at once.
 */
export const purposesApart = keysPolicy({
  name: "market-making-apart-from-arbitrage",
  displayName: "Market making and arbitrage are apart",
  description: "No bot and no sub-account serves two of the purposes in `apart`.",
  severity: "high",
  remediation: "Give each purpose a bot and a sub-account of its own",
  configSchema: {
    apart: {
      type: "array",
      items: { type: "string" },
      default: [...defaults.apart],
      description: "Purposes of which no two meet.",
    },
    addressesToo: { type: "boolean", default: false, description: "They do not share addresses either." },
  },
  defaults,
  judge: (keys, { apart, addressesToo }) => {
    const meant = keys.filter(({ purpose }) => typeof purpose === "string" && apart.includes(purpose));
    return [
      ...mixed(meant, "bot", ({ bot }) => (typeof bot === "string" ? bot : undefined)),
      ...mixed(meant, "sub-account", subAccountOf),
      ...(addressesToo ? mixedAddresses(meant) : []),
    ];
  },
});

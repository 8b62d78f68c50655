import { type Key, SEPARATE_ACCOUNTS, type SubAccounts, subAccountOf } from "../key";
import { type Finding, grouped, keysPolicy, namesOf } from "../rule";

interface Config extends SubAccounts {
  readonly apart: readonly string[];
  readonly addressesToo: boolean;
}

const defaults: Config = { apart: ["market-making", "arbitrage"], addressesToo: false, separateAccounts: [] };

/** A purpose that a key serves, and one of the purposes that are kept apart. */
interface Meant {
  readonly key: Key;
  readonly served: string;
}

/** `arbitrage-2` and `eu_arbitrage` are arbitrage, and `MarketMaking` is market making: only the letters count. */
function servedBy(key: Key, apart: readonly string[]): readonly Meant[] {
  const { purpose } = key;
  if (typeof purpose !== "string") return [];
  return apart.filter((one) => lettersOf(purpose).includes(lettersOf(one))).map((served) => ({ key, served }));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}]/gu, "");
}

/** Groups in which keys of more than one purpose meet. */
function mixed(meant: readonly Meant[], place: string, by: (key: Key) => string | undefined): readonly Finding[] {
  const keys = [...new Set(meant.map(({ key }) => key))];
  return [...grouped(keys, by)].flatMap(([where, group]) => {
    const purposes = [...new Set(meant.filter(({ key }) => group.includes(key)).map(({ served }) => served))].sort();
    const [first] = group;
    if (purposes.length < 2 || first === undefined) return [];
    return [{ urn: first.urn, message: `${place} ${where} serves ${purposes.join(" and ")}: ${namesOf(group)}` }];
  });
}

function mixedAddresses(meant: readonly Meant[]): readonly Finding[] {
  const addresses = [...new Set(meant.flatMap(({ key }) => key.ipWhitelist.known))];
  return addresses.flatMap((address) =>
    mixed(meant, "address", ({ ipWhitelist }) => (ipWhitelist.known.includes(address) ? address : undefined)),
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
      description: "Purposes of which no two meet. A purpose that contains one, such as arbitrage-2, is one of them.",
    },
    separateAccounts: SEPARATE_ACCOUNTS,
    addressesToo: { type: "boolean", default: false, description: "They do not share addresses either." },
  },
  defaults,
  judge: (keys, { apart, addressesToo, separateAccounts }) => {
    const meant = keys.flatMap((key) => servedBy(key, apart));
    return [
      ...mixed(meant, "bot", ({ bot }) => (typeof bot === "string" ? bot : undefined)),
      ...mixed(meant, "sub-account", subAccountOf({ separateAccounts })),
      ...(addressesToo ? mixedAddresses(meant) : []),
    ];
  },
});

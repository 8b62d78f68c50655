import { exchangeNamed } from "../exchange";
import { type Key, productsOf, SEPARATE_ACCOUNTS, type SubAccounts, subAccountOf, trades } from "../key";
import { UNKNOWN } from "../preview";
import { type Finding, grouped, keyPolicy, keysPolicy, namesOf } from "../rule";

/** An exchange that this pack does not know counts as one that separates by key: the stricter of the two. */
function separatesByKey({ exchange }: Key): boolean {
  return typeof exchange !== "string" || exchangeNamed(exchange)?.productsByKey !== false;
}

function alone({ adopted, exclusive, subAccount }: Key): boolean {
  // Nobody can declare for an adopted key what a person makes beside it; a sub-account of its own is what can be asked for.
  return adopted ? subAccount !== undefined && subAccount !== "master" : exclusive === true || exclusive === UNKNOWN;
}

/** A futures position can lose what the spot wallet holds, and a stolen spot key should not be able to open one. */
export const spotApartFromFutures = keyPolicy({
  name: "spot-apart-from-futures",
  displayName: "Spot and derivatives are apart",
  description: "No key trades spot and derivatives; where an exchange cannot separate them by key, the sub-account is exclusive.",
  severity: "high",
  remediation: "Split it into one key for each, or, where the exchange has one permission for both, declare exclusive: true",
  defaults: {},
  judge: (key) => {
    if (productsOf(key).length < 2 || typeof key.exchange !== "string") return [];
    const title = exchangeNamed(key.exchange)?.title ?? key.exchange;
    if (separatesByKey(key)) return [`trades spot and derivatives, which ${title} separates by key`];
    if (alone(key)) return [];
    return [`trades spot and derivatives in a sub-account that others share; ${title} cannot separate them by key`];
  },
});

/** The other half: what one exclusive sub-account keeps apart, a second trading key in it would bring together again. */
export const exclusiveSubAccountHoldsOneKey = keysPolicy({
  name: "exclusive-sub-account-holds-one-key",
  displayName: "An exclusive sub-account has one trading key",
  description: "Where products are separated by sub-account, no two keys of the stack trade in one sub-account.",
  severity: "high",
  remediation: "Give each trading key a sub-account of its own",
  configSchema: { separateAccounts: SEPARATE_ACCOUNTS },
  defaults: { separateAccounts: [] } satisfies SubAccounts as SubAccounts,
  judge: (keys, config): readonly Finding[] => {
    const trading = keys.filter((key) => trades(key) && !separatesByKey(key));
    return [...grouped(trading, subAccountOf(config))].flatMap(([subAccount, group]) =>
      group.slice(1).map(({ urn }) => ({ urn, message: `${namesOf(group)} all trade in sub-account ${subAccount}` })),
    );
  },
});

/** What a key may be given by API. Reading is always on. */
export const FLAGS = ["canTrade", "canMarginLoanRepay", "canFuturesTrade", "canUniversalTransfer", "canVanillaOptions"] as const;

/** What is only ever ticked on the web page, in the words of what a key says of itself. */
export const WEB_FLAGS = ["enableWithdrawals", "enableInternalTransfer", "enablePortfolioMarginTrading"] as const;

export type Flag = (typeof FLAGS)[number] | (typeof WEB_FLAGS)[number];

export function toFlag(word: string): Flag | undefined {
  return [...FLAGS, ...WEB_FLAGS].find((flag) => flag === word);
}

/** Every flag that the API knows, yes or no. */
export function flagFields(flags: readonly Flag[]): Record<string, boolean> {
  return Object.fromEntries(FLAGS.map((flag) => [flag, flags.includes(flag)]));
}

/** What a key says of itself. */
export function ownFields(flags: readonly Flag[]): Record<string, boolean> {
  const has = (flag: Flag) => flags.includes(flag);
  return {
    enableReading: true,
    enableWithdrawals: has("enableWithdrawals"),
    enableInternalTransfer: has("enableInternalTransfer"),
    enableMargin: has("canMarginLoanRepay"),
    enableFutures: has("canFuturesTrade"),
    permitsUniversalTransfer: has("canUniversalTransfer"),
    enableVanillaOptions: has("canVanillaOptions"),
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: has("canTrade"),
    enablePortfolioMarginTrading: has("enablePortfolioMarginTrading"),
  };
}

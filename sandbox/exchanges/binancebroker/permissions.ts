/** What the call for permissions sets, all at once. Reading is always on. */
export const TRADE_FLAGS = ["canTrade", "marginTrade", "futuresTrade"] as const;

/** Set by a call of its own, and shown by no list. */
export const TRANSFER = "canUniversalTransfer";

/** What is only ever ticked on the web page, in the words of what a key says of itself. */
export const WEB_FLAGS = ["enableWithdrawals", "enableInternalTransfer", "enablePortfolioMarginTrading"] as const;

export type TradeFlag = (typeof TRADE_FLAGS)[number];
export type Flag = TradeFlag | typeof TRANSFER | (typeof WEB_FLAGS)[number];

export function toFlag(word: string): Flag | undefined {
  const all: readonly Flag[] = [...TRADE_FLAGS, TRANSFER, ...WEB_FLAGS];
  return all.find((flag) => flag === word);
}

/** The flags that a list shows, yes or no. */
export function tradeFields(flags: readonly Flag[]): Record<string, boolean> {
  return Object.fromEntries(TRADE_FLAGS.map((flag) => [flag, flags.includes(flag)]));
}

/** What a key says of itself. */
export function ownFields(flags: readonly Flag[]): Record<string, boolean> {
  const has = (flag: Flag) => flags.includes(flag);
  return {
    enableReading: true,
    enableWithdrawals: has("enableWithdrawals"),
    enableInternalTransfer: has("enableInternalTransfer"),
    enableMargin: has("marginTrade"),
    enableFutures: has("futuresTrade"),
    permitsUniversalTransfer: has(TRANSFER),
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: has("canTrade"),
    enablePortfolioMarginTrading: has("enablePortfolioMarginTrading"),
  };
}

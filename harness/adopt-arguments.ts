import type { Bot } from "./desk";

/** Arguments of `exchange-keys` with which a person adopts the key that a bot is declared to use. @param issuedAt ISO time */
export function adoptArguments(bot: Bot, issuedAt: string): readonly string[] {
  const { owner, exchange, account, subAccount, name } = bot.identity;
  const { adoptedBy: seal = "", scopes, ipWhitelist, document } = bot;
  const options = {
    environment: "sandbox",
    owner,
    exchange,
    account,
    "sub-account": subAccount,
    name,
    bot: bot.bot,
    scopes: scopes.join(","),
    ip: ipWhitelist.join(","),
    seal,
    publish: `file://${document}`,
    "issued-at": issuedAt,
  };
  return ["adopt", ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])];
}
